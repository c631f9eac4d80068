// Choosing a place for a pin in a picture of a condition report, by mouse or keyboard. Without this the
// numbers are typed.
const STEP = 0.5; // per cent of the picture
const FAR = 5;
const round = (told) => Math.round(Math.min(100, Math.max(0, told)) * 100) / 100;

const choosing = (board, form) => {
  const frame = board.querySelector(".frame");
  const button = board.querySelector(".place-pin");
  if (!frame || !button || !form) return;
  const mark = document.createElement("span");
  mark.className = "crosshair";
  mark.hidden = true;
  frame.append(mark);
  let at = { x: 50, y: 50 };
  let from = null;
  const draw = () => {
    mark.hidden = false;
    mark.style.left = `${at.x}%`;
    mark.style.top = `${at.y}%`;
  };
  const told = (name, value) => { form.elements[name].value = value; };
  const fill = (width = 0, height = 0) => {
    told("asset", board.dataset.asset);
    told("x", round(at.x));
    told("y", round(at.y));
    told("width", width ? round(width) : "");
    told("height", height ? round(height) : "");
    (form.elements.told ?? form.elements.width).focus();
  };
  const place = (event) => {
    const edge = frame.getBoundingClientRect();
    return {
      x: round(((event.clientX - edge.left) / edge.width) * 100),
      y: round(((event.clientY - edge.top) / edge.height) * 100),
    };
  };
  frame.classList.add("open");
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    from = place(event);
  });
  frame.addEventListener("pointerup", (event) => {
    if (!from) return;
    const to = place(event);
    const [width, height] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
    at = { x: Math.min(to.x, from.x), y: Math.min(to.y, from.y) };
    from = null;
    if (width < 1 && height < 1) { // a tap
      at = to;
      draw();
      fill();
    } else {
      mark.hidden = true;
      fill(width, height);
    }
  });
  button.addEventListener("click", draw);
  button.addEventListener("blur", () => { mark.hidden = true; });
  button.addEventListener("keydown", (event) => {
    if (mark.hidden || event.isComposing) return;
    const by = event.shiftKey ? FAR : STEP;
    const ways = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] };
    const way = ways[event.key];
    if (way) at = { x: round(at.x + way[0]), y: round(at.y + way[1]) };
    else if (event.key === "Enter") fill();
    else if (event.key === "Escape") { mark.hidden = true; return; }
    else return;
    event.preventDefault();
    if (way) draw();
  });
};

export const beginPins = () => {
  const form = document.getElementById("add-pin");
  for (const board of document.querySelectorAll(".pinboard")) choosing(board, form);
};
