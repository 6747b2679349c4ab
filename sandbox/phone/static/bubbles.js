// Messages as bubbles.
import { element, icon } from "./dom.js";
import { WHOLE, dayOf, languageOf, timeOf } from "./words.js";

const RANK = { accepted: 1, sent: 1, delivered: 2, read: 3 };
const STATUS_WORDS = { accepted: "accepted", sent: "sent", delivered: "delivered", read: "read" };
const FILE_WORDS = { image: "Picture", audio: "Voice or audio", video: "Video", document: "Document" };
const OTHER_WORDS = { geo: "Location", vcard: "Contact", missing_call: "Missed call" };
const UNDELIVERED_WORDS = { lost: "The messenger lost it; no status ever came." };
const PIECES = new RegExp(`(\\*[^*\\n]+\\*|https?:\\/\\/[^\\s]+|(?<![\\w-])(?:${WHOLE.source})(?![\\w-]))`, "g");
const IS_WHOLE = new RegExp(`^(?:${WHOLE.source})$`);

// One tick: accepted; two: delivered; blue: read. The customer's own messages show how our webhook
// address took them: two ticks for an answer of 200.
export function tickOf(message) {
  if (message.direction === "in") {
    const answers = message.webhook_statuses;
    if (answers.includes(200)) return { tick: "delivered", words: "taken by Majlis" };
    if (answers.length) return { tick: "error", words: "not taken by Majlis" };
    return { tick: "sent", words: "written" };
  }
  if (message.status === "error" || !message.delivered) return { tick: "error", words: "failed" };
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
  const reason = failed
    ? `${failed.error.error}: ${failed.error.description}`
    : UNDELIVERED_WORDS[message.undelivered_reason] ?? message.undelivered_reason ?? "";
  if (message.delivered) return reason;
  return `The customer never sees this. ${reason}`;
}

function setTick(made, message) {
  const { tick, words } = tickOf(message);
  if (made.dataset.tick === tick && made.ariaLabel === words) return;
  made.dataset.tick = tick;
  made.title = words;
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", words);
  made.replaceChildren(icon({ sent: "tick", error: "alert" }[tick] ?? "ticks"));
}

// *bold* as WhatsApp shows it, addresses one can open, codes and numbers on one line
export function formatted(text) {
  return text.split(PIECES).filter(Boolean).map((piece) => {
    if (/^\*[^*\n]+\*$/.test(piece)) return element("strong", {}, ...formatted(piece.slice(1, -1)));
    if (/^https?:\/\//.test(piece)) {
      return element("a", { href: piece, target: "_blank", rel: "noopener" }, piece);
    }
    return IS_WHOLE.test(piece) ? element("span", { className: "whole" }, piece) : piece;
  });
}

// The store is this server: a relative address works under any of its names.
function localAddress(uri) {
  const address = new URL(uri, location.href);
  return address.pathname.startsWith("/store/") ? address.pathname + address.search : address.href;
}

function fileElements(message) {
  const href = localAddress(message.content_uri);
  if (message.content_uri.split("?")[0].endsWith(".was")) {
    return [element("p", { className: "text gone" }, "Sticker")];
  }
  const name = message.file_name ?? "file";
  const opens = { href, target: "_blank", rel: "noopener" };
  if (message.type === "image") {
    const picture = element("img", { src: href, alt: name });
    const link = element("a", { ...opens, className: "picture" }, picture);
    link.setAttribute("aria-label", `Open picture ${name}`);
    picture.addEventListener("error", () => picture.replaceWith(
      element("span", { className: "broken" }, icon("image"), `${name} cannot be shown`),
    ));
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
  const group = element("div", { className: "choices", role: "group", ariaLabel: "Buttons of this message" });
  message.buttons.forEach((button, index) => {
    const choice = element("button", { type: "button", dir: "auto", lang: languageOf(button.text) }, button.text);
    choice.addEventListener("click", () => onTap(message, index));
    group.append(choice);
  });
  return group;
}

function speakerOf(message) {
  if (message.direction === "in") return "Customer";
  return message.origin === "manager" ? `${message.author_name}, manager` : "Majlis";
}

function bubble(message, onTap) {
  const made = element("li", { className: `bubble ${message.direction}` });
  made.dataset.messageId = message.message_id;
  made.classList.toggle("undelivered", !message.delivered);
  made.append(element("span", { className: "visually-hidden" }, `${speakerOf(message)}: `));
  if (message.origin === "manager") {
    made.append(element("p", { className: "author", dir: "auto" }, `${message.author_name} (manager)`));
  }
  if (message.type === "wapi_template") {
    made.append(element("p", { className: "template" }, icon("template"), "Template message"));
  }
  if (message.deleted) made.append(element("p", { className: "text gone" }, "This message was deleted"));
  else {
    if (message.content_uri) made.append(...fileElements(message));
    if (message.text !== null) {
      const text = { className: "text", dir: "auto", lang: languageOf(message.text) };
      made.append(element("p", text, ...formatted(message.text)));
    } else if (!message.content_uri) {
      made.append(element("p", { className: "text gone" }, OTHER_WORDS[message.type] ?? message.type));
    }
    if (message.buttons.length) made.append(choices(message, onTap));
  }
  const time = element("time", { dateTime: message.date_time }, timeOf(message.date_time));
  const edited = message.edited && !message.deleted ? "edited " : "";
  made.append(element("div", { className: "meta" }, edited, time, element("span", { className: "tick" })));
  return made;
}

// What comes later than the message itself: changed in place, so that nothing is read out twice.
function setStatus(made, message) {
  setTick(made.querySelector(".tick"), message);
  const words = failureOf(message);
  const shown = made.querySelector(".failure");
  if ((shown?.textContent ?? "") === words) return;
  shown?.remove();
  if (words) made.append(element("p", { className: "failure" }, words));
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
      const itsDay = dayOf(message.date_time);
      if (itsDay !== day) wanted.push(this.#keep(`day ${itsDay}`, itsDay, () => daySeparator(itsDay)));
      day = itsDay;
      const { status, statuses, webhook_statuses, ...content } = message;
      const made = this.#keep(
        message.message_id, JSON.stringify(content) + timeOf(message.date_time), () => bubble(message, this.onTap),
      );
      setStatus(made, message);
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
