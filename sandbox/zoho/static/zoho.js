// The Zoho page: which kind is shown, and asking the sandbox what is new.
const POLL_MILLISECONDS = 1000;
const TITLES = {
  leads: "Leads", contacts: "Contacts", accounts: "Accounts", deals: "Deals", notes: "Notes", tasks: "Tasks",
  items: "Items", customers: "Customers", estimates: "Estimates", salesorders: "Sales orders",
};
// what names a record of each kind
const HEADINGS = {
  leads: ["First_Name", "Last_Name"], contacts: ["First_Name", "Last_Name"], accounts: ["Account_Name"],
  deals: ["Deal_Name"], notes: ["Note_Title"], tasks: ["Subject"], items: ["name"], customers: ["contact_name"],
  estimates: ["estimate_number"], salesorders: ["salesorder_number"],
};
// Zoho's own names that read badly without their underscores
const LABELS = { Converted__s: "Converted" };
// the same in every record of a sandbox, so of no interest here
const HIDDEN = new Set(["Owner", "Created_By", "Modified_By"]);
const CLOCK = /T(\d\d:\d\d:\d\d)/;

const byId = (id) => document.getElementById(id);
let kind = location.hash.slice(1) in TITLES ? location.hash.slice(1) : "leads";
let version = null;
let shownKind = null;
let seen = new Set();

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// --- records ---

function words(value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map(words).join("\n");
  if (typeof value.name === "string" && typeof value.id === "string") return value.name || value.id;
  if ("api_name" in value && "value" in value) return `${value.api_name}: ${value.value}`;
  if ("line_item_id" in value) return `${value.quantity} × ${value.name} at ${value.rate} = ${value.item_total}`;
  return JSON.stringify(value);
}

function isEmpty(value) {
  return value === null || value === "" || value === undefined
    || (typeof value === "object" && Object.keys(value).length === 0);
}

function card(record, isChanged) {
  const heading = HEADINGS[kind].map((name) => record[name]).filter(Boolean).join(" ");
  const list = element("dl");
  for (const [name, value] of Object.entries(record)) {
    if (isEmpty(value) || HIDDEN.has(name) || HEADINGS[kind].includes(name)) continue;
    list.append(
      element("dt", {}, LABELS[name] ?? name.replaceAll("_", " ")),
      element("dd", { dir: "auto" }, words(value)),
    );
  }
  const title = element("h3", { dir: "auto" }, heading || "(no name)");
  return element("article", { className: isChanged ? "record changed" : "record" }, title, list);
}

function showRecords(answer) {
  const isFirst = shownKind !== answer.kind;
  if (isFirst) seen = new Set();
  shownKind = answer.kind;
  const total = answer.counts[answer.kind];
  byId("records-title").textContent = TITLES[answer.kind];
  byId("records-help").textContent = total === 0
    ? "None yet"
    : total > answer.records.length ? `The newest ${answer.records.length} of ${total}` : `${total}, the newest first`;
  byId("list").replaceChildren(...answer.records.map((record) => {
    const content = JSON.stringify(record);
    const made = card(record, !isFirst && !seen.has(content));
    seen.add(content);
    return made;
  }));
}

// --- kinds ---

function showKinds(counts) {
  const before = document.activeElement?.dataset?.kind;
  byId("kinds").replaceChildren(...Object.entries(TITLES).map(([name, title]) => {
    const count = element("span", { className: "count" }, String(counts[name] ?? 0));
    const button = element("button", { type: "button" }, title, count);
    button.dataset.kind = name;
    button.setAttribute("aria-current", String(name === kind));
    button.addEventListener("click", () => open(name));
    return element("li", {}, button);
  }));
  if (before) document.querySelector(`[data-kind="${before}"]`)?.focus();
}

function open(name) {
  kind = name;
  history.replaceState(null, "", `#${name}`);
  version = null;
  refresh();
}

// --- calls and limits ---

function callLine(call) {
  const isOpen = call.seconds === null;
  const isBad = !isOpen && (call.status === null || call.status >= 400 || call.fault !== null);
  const status = element("span", { className: isBad ? "status bad" : "status" },
    isOpen ? "…" : call.status === null ? "cut" : String(call.status));
  const path = element("span", { className: "path" }, `${call.method} ${call.path}`);
  const time = element("span", {}, CLOCK.exec(call.at)?.[1] ?? "");
  const more = [
    call.code !== null && call.code !== 0 ? `code ${call.code}` : "",
    call.fault ? `fault: ${call.fault}` : "",
    call.token ? `token …${call.token}` : "",
    `${call.in_flight} in flight`,
    isOpen ? "" : `${Math.round(call.seconds * 1000)} ms`,
  ];
  return element("li", { className: "call" }, status, path, time,
    element("small", {}, more.filter(Boolean).join(" · ")));
}

function showLimits(limits) {
  const lines = [
    ["Tokens issued, live", `${limits.accounts.issued}, ${limits.accounts.live_tokens}`],
    ["Inventory and Books per minute, most", `${limits.finance.calls_in_window}, ${limits.finance.calls_in_window_peak}`],
    ["In flight at most", `${limits.finance.in_flight_peak}`],
    ["CRM credits", `${limits.crm.credits_used}`],
  ];
  byId("limits").replaceChildren(...lines.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

// --- asking ---

async function refresh() {
  const asked = kind;
  const query = new URLSearchParams({ kind: asked });
  if (version !== null) query.set("version", version);
  try {
    const response = await fetch(`/zoho/data?${query}`);
    if (!response.ok) throw new Error(`the sandbox answered ${response.status}`);
    byId("problem").hidden = true;
    if (response.status === 204 || asked !== kind) return;
    const answer = await response.json();
    version = answer.version;
    showKinds(answer.counts);
    showRecords(answer);
    showLimits(answer.limits);
    byId("calls").replaceChildren(...answer.calls.map(callLine));
    byId("no-calls").hidden = answer.calls.length > 0;
  } catch (error) {
    byId("problem").textContent = `No news from the sandbox: ${error.message}`;
    byId("problem").hidden = false;
  }
}

await refresh();
setInterval(refresh, POLL_MILLISECONDS);
