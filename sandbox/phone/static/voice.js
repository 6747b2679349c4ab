// A voice note: from the browser's microphone, or the sandbox's own sample where there is none.
import { byId } from "./dom.js";

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const LONGEST_SECONDS = 120;
const NO_MICROPHONE = "The microphone cannot be used: allow it in the browser, or send the sample.";

export class Voice {
  constructor(composer, onProblem) {
    this.composer = composer;
    this.onProblem = onProblem;
    this.recorder = null;
    byId("voice").addEventListener("click", () => (byId("voice-panel").hidden ? this.#open() : this.close()));
    byId("voice-sample").addEventListener("click", () => this.#sample());
    byId("voice-record").addEventListener("click", () => (this.recorder ? this.recorder.stop() : this.#record()));
    byId("voice-close").addEventListener("click", () => this.close());
    byId("voice-panel").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    byId("voice-words").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) this.#sample();
    });
    const canRecord = navigator.mediaDevices && typeof MediaRecorder !== "undefined";
    byId("voice-record").hidden = !canRecord;
    byId("voice-none").hidden = Boolean(canRecord);
  }

  close() {
    this.#discard();
    byId("voice-panel").hidden = true;
    byId("voice").setAttribute("aria-expanded", "false");
    byId("voice").focus();
  }

  #open() {
    byId("voice-panel").hidden = false;
    byId("voice").setAttribute("aria-expanded", "true");
    byId("voice-words").value = this.composer.words;
    byId("voice-words").focus();
  }

  get #words() {
    return byId("voice-words").value.trim();
  }

  #sample() {
    this.#sent(() => this.composer.sample("voice", this.#words));
  }

  #sent(send) {
    send();
    if (this.composer.words === this.#words) this.composer.clearWords();
    this.close();
  }

  async #record() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.onProblem(NO_MICROPHONE);
      return;
    }
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    const parts = [];
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      clearInterval(this.ticking);
      const wasDiscarded = this.recorder !== recorder;
      this.recorder = null;
      this.#show("Record", "");
      if (wasDiscarded) return;
      const recording = new Blob(parts, { type: recorder.mimeType });
      this.#sent(() => this.composer.record(recording, this.#words));
    });
    recorder.start();
    this.recorder = recorder;
    const began = performance.now();
    this.#show("Stop and send", "Recording");
    this.ticking = setInterval(() => {
      const seconds = Math.floor((performance.now() - began) / 1000);
      byId("voice-time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= LONGEST_SECONDS) recorder.stop();
    }, 250);
  }

  #discard() {
    const recorder = this.recorder;
    this.recorder = null;
    if (recorder && recorder.state !== "inactive") recorder.stop();
  }

  #show(label, state) {
    byId("voice-record").textContent = label;
    byId("voice-record").classList.toggle("recording", state !== "");
    byId("voice-state").textContent = state;
    byId("voice-time").textContent = state ? "0:00" : "";
  }
}
