// Tabs as the ARIA pattern has them: arrows, Home and End move; Tab goes into the panel.

export class Tabs {
  constructor(list, onShow) {
    this.tabs = [...list.querySelectorAll("[role=tab]")];
    this.onShow = onShow;
    for (const tab of this.tabs) tab.addEventListener("click", () => this.show(tab));
    list.addEventListener("keydown", (event) => this.#move(event));
    this.show(this.tabs[0]);
  }

  get shown() {
    return this.tabs.find((tab) => tab.ariaSelected === "true").dataset.tab;
  }

  show(shown) {
    for (const tab of this.tabs) {
      const isShown = tab === shown;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !isShown;
    }
    this.onShow(shown.dataset.tab);
  }

  #move(event) {
    const last = this.tabs.length - 1;
    const now = this.tabs.indexOf(event.target);
    const to = {
      ArrowRight: now === last ? 0 : now + 1, ArrowLeft: now === 0 ? last : now - 1, Home: 0, End: last,
    }[event.key];
    if (to === undefined || now < 0) return;
    event.preventDefault();
    this.tabs[to].focus();
    this.show(this.tabs[to]);
  }
}
