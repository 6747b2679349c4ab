// Talking to the sandbox that serves this page.

const AWAY = "The sandbox does not answer. This page tries again by itself; is Majlis still running?";

// The sandbox understood and said no, or could not be reached at all.
export class Refused extends Error {}
export class Away extends Error {}

export async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Away(AWAY);
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? `the sandbox answered ${response.status}`);
  return answer;
}

export function post(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

export const query = (path, fields) => `${path}?${new URLSearchParams(
  Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
)}`;
