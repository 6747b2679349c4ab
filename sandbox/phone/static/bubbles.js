// Messages as bubbles. Text from the wire only ever becomes text nodes.

const RANK = { accepted: 1, sent: 1, delivered: 2, read: 3 };
const STATUS_WORDS = { accepted: "accepted", sent: "sent", delivered: "delivered", read: "read" };
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const FILE_WORDS = { image: "Picture", audio: "Voice or audio", video: "Video", document: "Document" };

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(namespace, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

// One tick: accepted; two: delivered; blue: read. The customer's own messages show how our webhook
// address took them: two ticks for an answer of 200.
export function tickOf(message) {
  if (message.direction === "in") {
    const answers = message.webhook_statuses;
    if (answers.includes(200)) return { tick: "delivered", words: "taken by Majlis" };
    if (answers.length) return { tick: "error", words: "not taken by Majlis" };
    return { tick: "sent", words: "written" };
  }
  if (message.status === "error") return { tick: "error", words: "failed" };
  const rank = RANK[message.status] ?? 1;
  const tick = rank === 3 ? "read" : rank === 2 ? "delivered" : "sent";
  return { tick, words: STATUS_WORDS[message.status] ?? message.status };
}

function failureOf(message) {
  if (message.direction === "in") {
    const answers = message.webhook_statuses;
    if (!answers.length || answers.includes(200)) return "";
    const last = answers.at(-1);
    return last === null ? "Majlis did not answer the webhook." : `Majlis answered the webhook with ${last}.`;
  }
  const failed = message.statuses.find((status) => status.error);
  return failed ? `${failed.error.error}: ${failed.error.description}` : "";
}

function tickElement(message) {
  const { tick, words } = tickOf(message);
  const name = { sent: "tick", error: "alert" }[tick] ?? "ticks";
  const made = element("span", { className: "tick", title: words }, icon(name));
  made.dataset.tick = tick;
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", words);
  return made;
}

// *bold* as WhatsApp shows it, and addresses one can open
function formatted(text) {
  const pieces = text.split(/(\*[^*\n]+\*|https?:\/\/[^\s]+)/g);
  return pieces.filter(Boolean).map((piece) => {
    if (/^\*[^*\n]+\*$/.test(piece)) return element("strong", {}, piece.slice(1, -1));
    if (/^https?:\/\//.test(piece)) {
      return element("a", { href: piece, target: "_blank", rel: "noopener" }, piece);
    }
    return piece;
  });
}

// The store is this server: a relative address works under any of its names.
function localAddress(uri) {
  const address = new URL(uri, location.href);
  return address.pathname.startsWith("/store/") ? address.pathname + address.search : address.href;
}

function fileElements(message) {
  const href = localAddress(message.content_uri);
  const name = message.file_name ?? "file";
  const opens = { href, target: "_blank", rel: "noopener" };
  if (message.type === "image") {
    const link = element("a", { ...opens, className: "picture" }, element("img", { src: href, alt: name }));
    link.setAttribute("aria-label", `Open picture ${name}`);
    return [link];
  }
  const words = FILE_WORDS[message.type] ?? "File";
  const label = element("span", {}, element("strong", {}, name), element("small", {}, words));
  const known = message.type in FILE_WORDS ? message.type : "document";
  const link = element("a", { ...opens, className: "file" }, icon(known), label);
  link.setAttribute("aria-label", `Open ${words.toLowerCase()} ${name}`);
  if (message.type !== "audio") return [link];
  const player = element("audio", { src: href, controls: true, preload: "metadata" });
  player.setAttribute("aria-label", `Play ${name}`);
  return [link, player];
}

function choices(message, onTap) {
  const group = element("div", { className: "choices" });
  message.buttons.forEach((button, index) => {
    const choice = element("button", { type: "button", dir: "auto" }, button.text);
    choice.addEventListener("click", () => onTap(message, index));
    group.append(choice);
  });
  return group;
}

function bubble(message, onTap) {
  const made = element("li", { className: `bubble ${message.direction}` });
  made.dataset.messageId = message.message_id;
  const speaker = message.direction === "in" ? "You" : message.author_name ?? "Seller";
  made.append(element("span", { className: "visually-hidden" }, `${speaker}: `));
  if (message.origin === "manager") {
    made.append(element("p", { className: "author", dir: "auto" }, `${message.author_name} (manager)`));
  }
  if (message.deleted) made.append(element("p", { className: "text gone" }, "This message was deleted"));
  else {
    if (message.content_uri) made.append(...fileElements(message));
    if (message.text !== null) {
      made.append(element("p", { className: "text", dir: "auto" }, ...formatted(message.text)));
    } else if (!message.content_uri) {
      made.append(element("p", { className: "text gone" }, message.type));
    }
    if (message.buttons.length) made.append(choices(message, onTap));
  }
  const moment = new Date(message.date_time);
  const time = element("time", { dateTime: message.date_time }, TIME.format(moment));
  const edited = message.edited && !message.deleted ? "edited " : "";
  made.append(element("div", { className: "meta" }, edited, time, tickElement(message)));
  const failure = failureOf(message);
  if (failure) made.append(element("p", { className: "failure" }, failure));
  return made;
}

function daySeparator(day) {
  const made = element("li", { className: "day" }, day);
  made.dataset.day = day;
  return made;
}

// Bubbles that did not change stay the same elements, so focus and players live through a refresh.
export class Bubbles {
  constructor(list, onTap) {
    this.list = list;
    this.onTap = onTap;
    this.known = new Map();
  }

  clear() {
    this.known.clear();
    this.list.replaceChildren();
  }

  show(messages) {
    const wanted = [];
    let day = "";
    let speaker = "";
    for (const message of messages) {
      const itsDay = DAY.format(new Date(message.date_time));
      if (itsDay !== day) wanted.push(this.#keep(`day ${itsDay}`, itsDay, () => daySeparator(itsDay)));
      day = itsDay;
      const content = JSON.stringify(message);
      const made = this.#keep(message.message_id, content, () => bubble(message, this.onTap));
      made.classList.toggle("turn", speaker !== "" && speaker !== message.origin);
      speaker = message.origin;
      wanted.push(made);
    }
    wanted.forEach((made, index) => {
      if (this.list.children[index] !== made) this.list.insertBefore(made, this.list.children[index] ?? null);
    });
    while (this.list.children.length > wanted.length) this.list.lastElementChild.remove();
  }

  #keep(key, content, make) {
    const known = this.known.get(key);
    if (known?.content === content) return known.made;
    const made = make();
    known?.made.remove();
    this.known.set(key, { content, made });
    return made;
  }
}
