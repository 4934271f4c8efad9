// The search: ITEMS has [name, qualified name, kind, link, first words] of each item.

const input = document.getElementById("search");
const list = document.getElementById("found");
const MOST = 30;
let chosen = -1;

// Smaller is better: the name itself, its begin, its middle, the qualified name, the words.
function rank(item, word) {
    const [name, qualified, , , words] = item.map((part) => part.toLowerCase());
    if (name === word) return 0;
    if (name.startsWith(word)) return 1;
    if (name.includes(word)) return 2;
    if (qualified.includes(word)) return 3;
    if (words.includes(word)) return 4;
    return -1;
}

function find(text) {
    const words = text.toLowerCase().replaceAll(".", "::").split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) return [];
    const found = [];
    for (const item of ITEMS) {
        const ranks = words.map((word) => rank(item, word));
        if (ranks.includes(-1)) continue;
        found.push([Math.max(...ranks), item]);
    }
    found.sort((a, b) => a[0] - b[0] || a[1][1].length - b[1][1].length);
    return found.slice(0, MOST).map((pair) => pair[1]);
}

// Names and words are texts, never markup.
function part(kind, text) {
    const element = document.createElement("span");
    element.className = kind;
    element.textContent = text;
    return element;
}

function show() {
    const found = find(input.value);
    list.replaceChildren();
    for (const [, qualified, kind, link, words] of found) {
        const row = document.createElement("li");
        const to = document.createElement("a");
        to.href = link;
        to.append(part("name", qualified), part("kind", kind.replaceAll("_", " ")), part("words", words));
        to.addEventListener("click", hide);
        row.append(to);
        list.append(row);
    }
    if (found.length === 0 && input.value.trim() !== "") {
        const row = document.createElement("li");
        row.append(part("nothing", "Nothing found"));
        list.append(row);
    }
    list.hidden = list.children.length === 0;
    choose(found.length > 0 ? 0 : -1);
}

function hide() {
    list.hidden = true;
}

function choose(index) {
    const links = list.querySelectorAll("a");
    links.forEach((link, at) => link.classList.toggle("chosen", at === index));
    chosen = index;
    if (links[index]) links[index].scrollIntoView({ block: "nearest" });
}

input.addEventListener("input", show);
input.addEventListener("focus", show);
input.addEventListener("keydown", (event) => {
    const links = list.querySelectorAll("a");
    if (event.key === "Escape") {
        input.value = "";
        show();
        input.blur();
    } else if (event.key === "ArrowDown" && chosen + 1 < links.length) {
        choose(chosen + 1);
        event.preventDefault();
    } else if (event.key === "ArrowUp" && chosen > 0) {
        choose(chosen - 1);
        event.preventDefault();
    } else if (event.key === "Enter" && links[chosen]) {
        links[chosen].click();
    }
});

document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input) {
        input.focus();
        event.preventDefault();
    }
});

document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) hide();
});

// A link to a search: index.html?search=name
const asked = new URLSearchParams(location.search).get("search");
if (asked !== null) {
    input.value = asked;
    show();
}
