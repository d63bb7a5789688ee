// Finds what a person would find: elements on screen by their role and accessible name (a subset of accname 1.2 that
// covers what the app uses). Answers with the matching elements and, to explain a miss, with the names there are.
const [wantedRole, wantedName, exact] = arguments;

const inputRoles = {
  button: "button",
  submit: "button",
  reset: "button",
  checkbox: "checkbox",
  radio: "radio",
  range: "slider",
  number: "spinbutton",
  search: "searchbox",
};
const tagRoles = {
  BUTTON: "button",
  SUMMARY: "button",
  TEXTAREA: "textbox",
  SELECT: "combobox",
  DIALOG: "dialog",
  NAV: "navigation",
  MAIN: "main",
  HEADER: "banner",
  FOOTER: "contentinfo",
  ASIDE: "complementary",
  UL: "list",
  OL: "list",
  LI: "listitem",
  TABLE: "table",
  TR: "row",
  TD: "cell",
  TH: "columnheader",
  IMG: "img",
  FORM: "form",
  OPTION: "option",
  PROGRESS: "progressbar",
};

function roleOf(element) {
  const given = element.getAttribute("role");
  if (given) return given.split(" ")[0];
  const tag = element.tagName;
  if (/^H[1-6]$/.test(tag)) return "heading";
  if (tag === "A") return element.hasAttribute("href") ? "link" : "";
  if (tag === "INPUT") return inputRoles[element.type] ?? "textbox";
  if (tag === "SECTION") return element.hasAttribute("aria-label") || element.hasAttribute("aria-labelledby") ? "region" : "";
  return tagRoles[tag] ?? "";
}

const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim();

function textOf(element) {
  let text = "";
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) text += child.data;
    else if (child.nodeType === Node.ELEMENT_NODE && child.getAttribute("aria-hidden") !== "true") {
      text += ` ${child.getAttribute("aria-label") ?? child.getAttribute("alt") ?? textOf(child)} `;
    }
  }
  return plain(text);
}

function nameOf(element, role) {
  const labelledBy = element.getAttribute("aria-labelledby");
  if (labelledBy) {
    const parts = labelledBy.split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean);
    if (parts.length) return plain(parts.map((part) => textOf(part)).join(" "));
  }
  const label = plain(element.getAttribute("aria-label"));
  if (label) return label;
  if (element.labels?.length) return plain([...element.labels].map((each) => textOf(each)).join(" "));
  const alt = plain(element.getAttribute("alt"));
  if (alt) return alt;
  // These hold what a person wrote or a whole part of the page, which is no name.
  if (!["textbox", "searchbox", "spinbutton", "slider", "dialog", "region"].includes(role)) {
    const text = textOf(element);
    if (text) return text;
  }
  return plain(element.getAttribute("title")) || plain(element.getAttribute("placeholder"));
}

function isSeen(element) {
  if (element.closest('[aria-hidden="true"], [inert]')) return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && element.checkVisibility({ visibilityProperty: true });
}

const found = [];
const names = [];
for (const element of document.querySelectorAll("*")) {
  const role = roleOf(element);
  if (role !== wantedRole || !isSeen(element)) continue;
  const name = nameOf(element, role);
  names.push(name);
  const fits = exact ? name === wantedName : name.toLowerCase().includes(wantedName.toLowerCase());
  if (fits) found.push(element);
}
return { found, names: names.slice(0, 60) };
