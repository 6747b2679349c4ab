// The phone page: which chat is open, what is written in it, and asking the sandbox what is new.
import { Bubbles, element } from "./bubbles.js";
import { Rows } from "./rows.js";

const POLL_MILLISECONDS = 700;
const FIRST_CUSTOMER = { chat_id: "971501234567", name: "Aisha" };
const BURSTS = {
  en: ["Hi", "I need chairs", "black, under 500 AED"],
  ar: ["السلام عليكم", "ابغى كراسي", "لونها اسود تحت ٥٠٠ درهم"],
};

const byId = (id) => document.getElementById(id);
const columns = byId("columns");
const scroll = byId("scroll");
const text = byId("text");
const problem = byId("problem");

const bubbles = new Bubbles(byId("bubbles"), tap);
const rows = new Rows(byId("tables"), byId("rows-message"));
const customers = new Map();
let chatId = localStorage.getItem("majlis.chat") ?? FIRST_CUSTOMER.chat_id;
let version = null;
let waitingToSend = Promise.resolve();

// --- talking to the sandbox ---

async function ask(path, options) {
  const response = await fetch(path, options);
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `the sandbox answered ${response.status}`);
  return answer;
}

// One after another, so that a burst arrives in the order in which it was written.
function queue(path, options) {
  const sent = waitingToSend.then(() => ask(path, { method: "POST", ...options }));
  waitingToSend = sent.then(
    () => { tell(""); return refresh(); },
    (error) => tell(`Not sent: ${error.message}`),
  );
  return waitingToSend;
}

const asJson = (value) => ({
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(value),
});

function tell(words) {
  problem.textContent = words;
  problem.hidden = words === "";
}

// --- writing ---

function write(words) {
  const { name } = customers.get(chatId) ?? {};
  return queue("/phone/messages", asJson({ chat_id: chatId, text: words, name: name ?? null }));
}

function tap(message, button) {
  return queue("/phone/tap", asJson({ message_id: message.message_id, button }));
}

function attach(file) {
  const query = new URLSearchParams({ chat_id: chatId, filename: file.name });
  const type = file.type || "application/octet-stream";
  return queue(`/phone/files?${query}`, { headers: { "Content-Type": type }, body: file });
}

function fitText() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  text.value = "";
  fitText();
  write(words);
});
text.addEventListener("input", fitText);
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("composer").requestSubmit();
});
byId("file").addEventListener("change", (event) => {
  for (const file of event.target.files) attach(file);
  event.target.value = "";
});
// The voice note says what is written in the box; nobody needs a microphone.
byId("voice").addEventListener("click", () => {
  const words = text.value.trim();
  text.value = "";
  fitText();
  queue("/phone/voice", asJson({ chat_id: chatId, words: words || null }));
});
for (const button of document.querySelectorAll("[data-burst]")) {
  button.addEventListener("click", () => BURSTS[button.dataset.burst].forEach(write));
}

// --- customers ---

function nameOf(customer) {
  return customer.name || `+${customer.chat_id}`;
}

function face(customer) {
  const initial = customer.name ? [...customer.name][0].toUpperCase() : customer.chat_id.slice(-2);
  return element("span", { className: "face", ariaHidden: "true" }, initial);
}

function showCustomers() {
  const list = [...customers.values()].map((customer) => {
    const button = element(
      "button",
      { type: "button" },
      face(customer),
      element("strong", { dir: "auto" }, nameOf(customer)),
      element("small", { dir: "auto" }, customer.preview || `+${customer.chat_id}`),
    );
    button.dataset.chat = customer.chat_id;
    if (customer.chat_id === chatId) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => { open(customer.chat_id); look("chat"); });
    return element("li", {}, button);
  });
  const focused = document.activeElement?.dataset?.chat;
  byId("chats").replaceChildren(...list);
  if (focused) byId("chats").querySelector(`[data-chat="${CSS.escape(focused)}"]`)?.focus();
}

function open(id) {
  chatId = id;
  localStorage.setItem("majlis.chat", id);
  if (!customers.has(id)) customers.set(id, { chat_id: id, name: null });
  const customer = customers.get(id);
  byId("face").replaceChildren(...face(customer).childNodes);
  byId("chat-name").textContent = nameOf(customer);
  byId("chat-number").textContent = customer.name ? `+${id}` : "";
  version = null;
  bubbles.clear();
  rows.clear();
  tell("");
  showCustomers();
  refresh();
}

byId("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const number = byId("number").value.replace(/[\s+()-]/g, "");
  const fits = /^[1-9]\d{6,14}$/.test(number);
  byId("number-error").textContent = fits
    ? ""
    : "This is no phone number: write 7 to 15 digits, country code first, such as 971501234567.";
  byId("number").setAttribute("aria-invalid", String(!fits));
  if (!fits) return byId("number").focus();
  const name = byId("name").value.trim();
  customers.set(number, { ...customers.get(number), chat_id: number, name: name || null });
  event.target.reset();
  open(number);
  look("chat");
  text.focus();
});

// --- views of a narrow window ---

function look(view) {
  columns.dataset.view = view;
  for (const button of document.querySelectorAll(".views button")) {
    if (button.dataset.view === view) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  if (view === "chat") scroll.scrollTop = scroll.scrollHeight;
}
for (const button of document.querySelectorAll(".views button")) {
  button.addEventListener("click", () => look(button.dataset.view));
}

// --- what is new ---

async function refresh() {
  const asked = chatId;
  const query = new URLSearchParams({ chat_id: asked, ...(version === null ? {} : { version }) });
  const answer = await ask(`/phone/messages?${query}`);
  if (answer === null || asked !== chatId) return;
  version = answer.version;
  const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  bubbles.show(answer.messages);
  byId("empty").hidden = answer.messages.length > 0;
  if (isAtEnd) scroll.scrollTop = scroll.scrollHeight;
  const { chats } = await ask("/phone/chats");
  for (const chat of chats) {
    const known = customers.get(chat.chat_id);
    customers.set(chat.chat_id, { ...known, ...chat, name: chat.name ?? known?.name });
  }
  showCustomers();
}

async function refreshRows() {
  const asked = chatId;
  const answer = await ask(`/phone/rows?${new URLSearchParams({ chat_id: asked })}`);
  if (asked === chatId) rows.show(answer);
}

async function poll() {
  try {
    await Promise.all([refresh(), refreshRows()]);
    if (problem.dataset.lost) { delete problem.dataset.lost; tell(""); }
  } catch (error) {
    problem.dataset.lost = "yes";
    tell(`The sandbox does not answer: ${error.message}`);
  }
  setTimeout(poll, POLL_MILLISECONDS);
}

customers.set(FIRST_CUSTOMER.chat_id, FIRST_CUSTOMER);
open(chatId);
poll();
