// Times, languages and figures as a tester reads them.

let timeZone = "UTC";
let clockFormats = made("UTC");

function made(zone) {
  const format = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
  return {
    time: format({ hour: "2-digit", minute: "2-digit" }),
    seconds: format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    day: format({ weekday: "long", day: "numeric", month: "long" }),
    short: format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
  };
}

// The zone of the business, whatever that of the browser is.
export function setTimeZone(zone) {
  if (zone === timeZone) return;
  timeZone = zone;
  clockFormats = made(zone);
}

export const timeOf = (moment) => clockFormats.time.format(new Date(moment));
export const secondsOf = (moment) => clockFormats.seconds.format(new Date(moment)).replace(",", "");
export const dayOf = (moment) => clockFormats.day.format(new Date(moment));
export const momentOf = (moment) => clockFormats.short.format(new Date(moment));
export const zoneName = () => timeZone.split("/").at(-1).replaceAll("_", " ");

export function durationOf(seconds) {
  const minutes = Math.floor(seconds / 60);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const parts = [[days, "d"], [hours, "h"], [minutes % 60, "min"]].filter(([count]) => count);
  return parts.length ? parts.slice(0, 2).map(([count, unit]) => `${count} ${unit}`).join(" ") : "less than 1 min";
}

// What a screen reader should speak: the script that most letters are of.
export function languageOf(text) {
  const arabic = text.match(/[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]/g)?.length ?? 0;
  const latin = text.match(/[a-z]/gi)?.length ?? 0;
  return arabic > latin ? "ar" : "en";
}

// Codes and phone numbers, which a line must not break at a hyphen or blank.
export const WHOLE = /[A-Z]{1,4}-[\dA-Z][\dA-Z-]{0,20}(?: R\d+)?|\+?\d[\d -]{6,18}\d/;
