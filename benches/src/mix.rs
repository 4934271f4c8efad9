//! A Beskid program as people write them, of any size.

use std::fmt::Write;

/// What every part of the program uses.
const PRELUDE: &str = "\
enum Option<T> { Some(T value), None }
enum Result<T, E> { Ok(T value), Error(E error) }
contract Weighed { i64 Weight(); }
Result<i64, string> Checked(i64 weight, i64 limit) {
    if weight > limit { return Result::Error(\"${weight} is too much\"); }
    return Result::Ok(weight);
}
i64 Run0(i64 start) => start + 1;
";

/// A part, in which `#` stands for its number and `@` for that of the one before: every
/// kind of item, statement and expression that programs often have.
const PART: &str = "\
/// A parcel of the depot.
type Parcel# : Weighed {
    i64 width,
    i64 height,
    string label,
    bool open,
    pub i64 Area() => width * height;
    pub i64 Weight() {
        i64 mut sum = Area();
        if open && sum > # { sum -= 2 * width; } else { sum += 3; }
        return sum;
    }
    pub unit Grow(i64 by) {
        width += by;
        this.height += by * 2;
    }
}
enum State# { Waiting, Moving(i64 speed), Lost(string place, i64 since) }
// What it costs to keep one, by the hour.
i64 Cost#(State# state, i64 rate) {
    return match state {
        State#::Waiting => rate,
        State#::Moving(speed) when speed > 40 => rate * speed + 1,
        State#::Moving(speed) => rate + speed,
        State#::Lost(place, since) => since - place.len(),
    };
}
Option<T> Last#<T>(T[] items, bool(T) wanted) {
    Option<T> mut found = Option::None;
    for item in items {
        if wanted(item) { found = Option::Some(item); }
    }
    return found;
}
string Report#(Parcel#[] parcels, string title) {
    string mut text = \"${title}:\\n\";
    i64 mut index = 0;
    while index < parcels.len() {
        Parcel# parcel = parcels[index];
        if parcel.Weight() == 0 || parcel.label == \"\" { break; }
        text = text + \"  ${parcel.label} weighs ${parcel.Weight()}\\n\";
        index += 1;
    }
    return text;
}
Result<i64, string> Total#(i64[] weights, i64 limit) {
    i64 mut total = 0;
    for i in range(0, weights.len()) {
        i64 weight = Checked(weights[i], limit)?;
        total += weight * # - weight % 7;
    }
    return Result::Ok(total);
}
f64 Mean#(f64[] values, f64 least) {
    f64 mut sum = 0.0;
    i64 mut count = 0;
    for value in values {
        if value < least || value != value { continue; }
        sum = sum + value * 0.5;
        count += 1;
    }
    if count == 0 { return -1.0; } else if count == 1 { return sum; }
    return sum / 2.0 + least * (sum - 1.25);
}
i64 Run#(i64 start) {
    Parcel# parcel = Parcel# { width: start, height: 2, label: \"parcel #\", open: true };
    i64 before = parcel.Area();
    parcel.Grow(start % 5);
    State# state = State#::Moving(before + parcel.Weight());
    i64(i64) scaled = n => n * before + #;
    Option<i64> last = Last#<i64>([before, start, scaled(3)], n => n > #);
    i64 kept = match last { Option::Some(value) => value, Option::None => 0 };
    let listed = Report#([parcel], \"depot #\").len();
    if Mean#([0.5, 1.5, 2.5], 1.0) > 1.0 && listed != 0 { parcel.Grow(1); }
    i64 sum = match Total#([kept, listed], 4000) { Result::Ok(n) => n, Result::Error(_) => 0 };
    Weighed weighed = parcel;
    return Cost#(state, sum) + weighed.Weight() + Run@(kept);
}
";

/// A program of at least so many lines: structs with methods, enums, contracts, generic
/// functions, matches, loops, closures, arrays, strings, numbers.
pub fn mixed_program(lines: usize) -> String {
    let parts = lines.div_ceil(PART.lines().count()).max(1);
    let mut source = String::with_capacity(parts * (PART.len() + 128));
    source.push_str(PRELUDE);
    for part in 1..=parts {
        let numbered = PART.replace('#', &part.to_string());
        source.push_str(&numbered.replace('@', &(part - 1).to_string()));
    }
    // Writing to a string does not fail.
    let _ = writeln!(source, "i64 main() {{ return Run{parts}(1) % 100; }}");
    source
}
