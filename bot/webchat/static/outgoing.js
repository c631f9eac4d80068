// What the visitor sends, one after another: tried again under the same id until the shop has it.

import { Refused } from "./wire.js";

const PAUSES = [1, 2, 4, 8]; // seconds

export class Outgoing {
  #waiting = [];
  #isBusy = false;

  /** `deed`: `{ send, done, failed }`; `failed(status)` gets 0 when the shop could not be reached. */
  put(deed) {
    this.#waiting.push(deed);
    this.#run();
  }

  async #run() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#waiting.length) {
      const deed = this.#waiting.shift();
      const status = await this.#see(deed);
      if (status === null) deed.done();
      else deed.failed(status);
    }
    this.#isBusy = false;
  }

  /** Null when the shop has it, else the status of the last try. */
  async #see(deed) {
    for (let tries = 0; ; tries += 1) {
      try {
        await deed.send();
        return null;
      } catch (error) {
        const status = error instanceof Refused ? error.status : 0;
        const isForNow = status === 0 || status === 429 || status >= 500;
        if (!isForNow || tries >= PAUSES.length) return status;
        await new Promise((resolve) => setTimeout(resolve, Math.max(error.wait ?? 0, PAUSES[tries]) * 1000));
      }
    }
  }
}
