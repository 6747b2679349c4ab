// Making elements. Text from the wire only ever becomes text nodes.

export const byId = (id) => document.getElementById(id);

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

// A part that is drawn anew only when it changed, and never under the hands of somebody who is in it.
export class Drawn {
  constructor(place) {
    this.place = place;
    this.before = null;
  }

  clear() {
    this.before = null;
    this.place.replaceChildren();
  }

  show(content, make) {
    const now = JSON.stringify(content);
    if (now === this.before) return;
    const inside = this.place.contains(document.activeElement) ? document.activeElement : null;
    if (inside?.matches("input")) return;
    this.before = now;
    this.place.replaceChildren(...make());
    if (inside?.id) byId(inside.id)?.focus();
  }
}
