typedef long number;
struct point { double x; int y; };

number twice(number n)
{
  number m = n + n;
  return m;
}

number main(void)
{
  struct point p = { 1.5, -2 }, *q = &p;
  int list[3] = { 7, 8, 9 };
  bool flag = true; char32_t letter = U'š';
  option maybe = some(6); number total = 0;
  for (number i = 0; i < 3; i++) {
    number t = twice(list[i]);
    total += t;
  }
  return total;
}
