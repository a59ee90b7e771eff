// Joins the pages of the built site into one document for paper. tools/pdf.py runs it in Chromium.
//
// Every identifier gets its page's name in front, so that no two pages share one, and every link
// between the pages becomes a link within the document. What a reader would click is opened, or
// left out.

/** Turn an address on the site into a link within the document; null if it leads elsewhere. */
function linkWithin(address, keys) {
  const url = new URL(address);
  const key = url.origin === location.origin ? keys.get(url.pathname) : undefined;
  if (key === undefined) return null;
  return `#${url.hash ? within(key, decodeURIComponent(url.hash.slice(1))) : key}`;
}

function within(key, id) {
  return `${key}--${id}`;
}

/** Give the identifiers of a page, and all that refers to them, the page's name in front. */
function renameIdentifiers(article, key) {
  const lists = ["for", "headers", "aria-controls", "aria-describedby", "aria-labelledby"];
  for (const element of article.querySelectorAll("*")) {
    if (element.id) element.id = within(key, element.id);
    for (const name of lists) {
      const value = element.getAttribute(name);
      const renamed = value?.split(/\s+/).map((id) => within(key, id));
      if (renamed) element.setAttribute(name, renamed.join(" "));
    }
    if (!element.closest("svg") || element.localName === "a") continue; // links: see redirect
    for (const { name, value } of [...element.attributes]) {
      const renamed = value.replaceAll("url(#", `url(#${key}--`);
      const isLink = name.endsWith("href") && value.startsWith("#");
      if (isLink) element.setAttribute(name, `#${within(key, value.slice(1))}`);
      else if (renamed !== value) element.setAttribute(name, renamed);
    }
  }
}

/** Links between pages lead to places in the document, others to the web; what is neither goes. */
function redirect(article, page, keys) {
  for (const link of article.querySelectorAll("a[href]")) {
    const address = new URL(link.getAttribute("href"), page.address);
    const inside = linkWithin(address, keys);
    if (inside) link.setAttribute("href", inside);
    else if (address.origin === location.origin) link.replaceWith(...link.childNodes);
  }
  for (const image of article.querySelectorAll("img[src]")) {
    image.src = new URL(image.getAttribute("src"), page.address).href;
    image.removeAttribute("loading");
  }
}

/** Open folded text, show every tab with its label, and drop what only a screen can use. */
function unfold(article) {
  const useless = ["script", "noscript", "button", "summary", "a.headerlink", "a.sd-btn"];
  useless.push(".sd-hide-link-text", ".d-print-none", "[hidden]");
  article.querySelectorAll(useless.join()).forEach((element) => element.remove());
  for (const details of article.querySelectorAll("details")) {
    const open = document.createElement("div");
    open.className = "was-folded";
    open.append(...details.childNodes);
    details.replaceWith(open);
  }
  for (const strong of article.querySelectorAll("p > strong:only-child")) {
    const paragraph = strong.parentElement;
    if (paragraph.textContent === strong.textContent) paragraph.classList.add("like-heading");
  }
  for (const tabs of article.querySelectorAll(".sd-tab-set")) {
    tabs.querySelectorAll(":scope > input").forEach((input) => input.remove());
    for (const label of tabs.querySelectorAll(":scope > .sd-tab-label")) {
      const heading = document.createElement("p");
      heading.className = "tab-label";
      heading.append(...label.childNodes);
      const pane = document.createElement("div");
      pane.className = "tab-pane";
      const content = label.nextElementSibling;
      label.replaceWith(pane);
      pane.append(heading, content);
    }
  }
}

/** Make room above the chapters for the parts: each heading goes down one level. */
function lowerHeadings(article) {
  for (let level = 5; level >= 1; level -= 1) {
    for (const heading of article.querySelectorAll(`h${level}`)) {
      const lower = document.createElement(`h${level + 1}`);
      for (const { name, value } of heading.attributes) lower.setAttribute(name, value);
      lower.append(...heading.childNodes);
      heading.replaceWith(lower);
    }
  }
}

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

/** Fetch a page of the site and make a chapter of it. */
async function chapter(page, keys) {
  const response = await fetch(page.address);
  if (!response.ok) throw new Error(`${page.address}: expected a page, got ${response.status}`);
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = parsed.querySelector("article.bd-article");
  if (!found) throw new Error(`${page.address}: expected an article`);
  for (const link of parsed.querySelectorAll("link[rel=stylesheet]")) {
    const address = new URL(link.getAttribute("href"), page.address).href;
    if (!document.querySelector(`link[href="${address}"]`)) {
      document.head.append(Object.assign(make("link", ""), { rel: "stylesheet", href: address }));
    }
  }
  const article = document.importNode(found, true);
  article.id = page.key;
  unfold(article);
  redirect(article, page, keys);
  renameIdentifiers(article, page.key);
  lowerHeadings(article);
  const heading = article.querySelector("h2");
  if (page.title) heading.textContent = page.title;
  page.title = heading.textContent.trim();
  if (page.number) heading.prepend(make("span", "chapter-number", `${page.number} `));
  return article;
}

/** One line of the contents, with room for a page number. */
function contentsLine(target, text, className) {
  const link = make("a", "", make("span", "entry", text), make("span", "leader"));
  link.href = `#${target}`;
  link.append(Object.assign(make("span", "page-number", "000")));
  return make("li", className, link);
}

function words(heading) {
  const copy = heading.cloneNode(true);
  copy.querySelectorAll(".katex-mathml").forEach((element) => element.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}

/** The table of contents: parts, chapters, and the sections of numbered chapters. */
function contents() {
  const list = make("ul", "");
  for (const part of document.querySelectorAll("section.part")) {
    const caption = part.querySelector(":scope > header > h1");
    if (caption) list.append(contentsLine(caption.id, words(caption), "of-part"));
    for (const article of part.querySelectorAll("article")) {
      list.append(contentsLine(article.id, words(article.querySelector("h2")), "of-chapter"));
      if (!article.querySelector("h2 > .chapter-number")) continue;
      for (const section of article.querySelectorAll("section[id]:has(> h3)")) {
        const text = words(section.querySelector(":scope > h3"));
        list.append(contentsLine(section.id, text, "of-section"));
      }
    }
  }
  return list;
}

/** The running head of a chapter: a named page, since margins cannot hold elements. */
function runningHead(page, article) {
  const name = `page-${page.key}`;
  const text = JSON.stringify(page.number ? `${page.number}  ${page.title}` : page.title);
  article.style.page = name;
  return `@page ${name} { @top-left { content: ${text}; } }`;
}

/** Build the document; `book` holds its parts, each with a caption and its pages. */
async function joinBook(book) {
  const keys = new Map();
  for (const { pages } of book.parts) {
    for (const page of pages) {
      page.address = new URL(page.path, location.href).href;
      keys.set(new URL(page.address).pathname, page.key);
    }
  }
  const style = make("style", "");
  const main = document.querySelector("main");
  for (const [number, { caption, pages }] of book.parts.entries()) {
    const part = make("section", "part");
    if (caption) {
      const heading = make("h1", "", caption);
      heading.id = `part-${number}`;
      part.append(make("header", "part-title", heading));
    }
    for (const page of pages) {
      const article = await chapter(page, keys);
      style.append(runningHead(page, article));
      part.append(article);
    }
    // a change of page name breaks the page: the part's title stands on that of its first chapter
    if (caption) part.firstChild.style.page = part.children[1].style.page;
    main.append(part);
  }
  document.head.append(style);
}

/** Take out elements without effect: a large document takes long to print, and much memory. */
function simplify() {
  const looks = (element) => {
    const { color, fontStyle, fontWeight } = getComputedStyle(element);
    return `${color} ${fontStyle} ${fontWeight}`;
  };
  const spans = [...document.querySelectorAll(".highlight pre span")];
  const plain = spans.filter((span) => !span.id && looks(span) === looks(span.parentElement));
  for (const span of plain) span.replaceWith(...span.childNodes);
  // A formula is one thing, drawn by its HTML, and read out as its source.
  for (const formula of document.querySelectorAll(".katex")) {
    formula.setAttribute("role", "img");
    formula.setAttribute("aria-label", formula.querySelector("annotation").textContent);
    formula.querySelector(".katex-mathml").remove();
    formula.querySelector(".katex-html").removeAttribute("aria-hidden");
  }
}

/** What is wider than the page is set smaller until it fits; returns what does not fit even so. */
function fitToPage() {
  const smallest = 0.55;
  const places = [...document.querySelectorAll("article table")].map((table) => ({
    box: table.parentElement,
    inner: table,
  }));
  for (const box of document.querySelectorAll(".math-display > .math")) {
    places.push({ box, inner: box.querySelector(".katex") ?? box });
  }
  const excess = ({ box, inner }) =>
    Math.max(inner.scrollWidth, inner.offsetWidth || 0) / box.clientWidth;
  let wide = places;
  // all are measured before any is changed: each change costs a layout of the whole book
  for (let factor = 0.95; factor >= smallest; factor -= 0.1) {
    wide = wide.filter((place) => excess(place) > 1.002);
    for (const place of wide) {
      place.size ??= parseFloat(getComputedStyle(place.inner).fontSize);
    }
    for (const { inner, size } of wide) inner.style.fontSize = `${size * factor}px`;
  }
  const edge = document.querySelector("main").getBoundingClientRect().right + 2;
  const outside = (element) => {
    const { left, right, width } = element.getBoundingClientRect();
    const zoom = element.offsetWidth ? width / element.offsetWidth : 0;
    return Math.max(right, left + element.scrollWidth * zoom) > edge;
  };
  const kinds = "article :is(p, pre, img, svg, table, dt, h2, h3)";
  const found = [...document.querySelectorAll(kinds)].filter(outside);
  found.push(...wide.filter((place) => excess(place) > 1.002).map(({ inner }) => inner));
  const named = found.map((element) => element.textContent.trim() || element.tagName);
  return [...new Set(named.map((text) => text.slice(0, 80)))];
}

/** Resolves when styles, fonts and figures are there; returns the addresses of what is not. */
async function everythingLoaded() {
  const styles = [...document.querySelectorAll("link[rel=stylesheet]")];
  const settled = styles.map((link) => link.sheet || new Promise((done) => {
    link.onload = link.onerror = done;
  }));
  await Promise.all(settled);
  await document.fonts.ready;
  const images = [...document.images];
  const states = await Promise.allSettled(images.map((image) => image.decode()));
  return images.filter((_, k) => states[k].status === "rejected").map((image) => image.src);
}

/** Whether a font draws Korean: without one, all syllables look alike. */
function koreanIsDrawn() {
  const drawing = (text) => {
    const canvas = make("canvas", "");
    const context = canvas.getContext("2d");
    context.font = `40px ${getComputedStyle(document.body).fontFamily}`;
    context.fillText(text, 10, 60);
    return canvas.toDataURL();
  };
  return drawing("한") !== drawing("글");
}

function writePageNumbers(numbers) {
  for (const link of document.querySelectorAll("nav.paper-contents a")) {
    const number = numbers[link.getAttribute("href").slice(1)];
    link.querySelector(".page-number").textContent = number ?? "";
  }
}
