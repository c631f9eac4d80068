// What pressing a button does (LINE's action objects), on one phone.

import { link, post } from "./wire.js";

/** Do an action as the person who holds the phone. */
export async function perform(action, phone) {
  switch (action?.type) {
    case "message":
      return phone.say(action.text);
    case "postback":
      if (action.inputOption === "openKeyboard") phone.fillIn(action.fillInText ?? "");
      if (action.inputOption === "openRichMenu") phone.menu.open(true);
      return post(`${phone.who}/postback`, { data: action.data, shown: action.displayText ?? action.text ?? null });
    case "uri": {
      const href = link(action.uri);
      return href && window.open(href, "_blank", "noopener");
    }
    case "datetimepicker": {
      const params = await chosenMoment(action, phone.words);
      return params && post(`${phone.who}/postback`, { data: action.data, shown: null, params });
    }
    case "clipboard":
      await navigator.clipboard?.writeText(action.clipboardText);
      return phone.note(phone.words.copied);
    case "camera":
    case "cameraRoll":
      return phone.pickFiles();
    case "location":
      return phone.sendPlace();
    default:
      return undefined;
  }
}

/** Ask for a date, time or both; LINE gives them without a time zone. Null when given up. */
function chosenMoment({ mode, initial, min, max, label }, words) {
  const dialog = document.getElementById("moment");
  const input = dialog.querySelector("input");
  input.type = mode === "datetime" ? "datetime-local" : mode;
  input.min = min ?? "";
  input.max = max ?? "";
  input.value = initial ?? "";
  dialog.querySelector("h2").textContent = label ?? "";
  dialog.querySelector(".cancel").textContent = words.cancel;
  dialog.querySelector(".choose").textContent = words.choose;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => resolve(dialog.returnValue === "chosen" && input.value ? { [mode]: input.value } : null),
      { once: true },
    );
  });
}
