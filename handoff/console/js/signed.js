// Who is signed in: whether somebody sits there, and the way back through the door once a session is over.
export const SIGN_IN = "/console/sign-in";
export const UNATTENDED = "X-Unattended";

// What a page asks for by itself keeps no session alive: a hand since the last time does.
let isTouched = true;
const touched = () => {
  isTouched = true;
};
for (const name of ["keydown", "pointerdown", "pointermove", "wheel"]) {
  document.addEventListener(name, touched, { capture: true, passive: true });
}

export const isAttended = () => {
  const was = isTouched;
  isTouched = false;
  return was;
};

let isLeaving = false;
export const leave = () => {
  if (isLeaving || location.pathname === SIGN_IN) return;
  isLeaving = true;
  location.assign(`${SIGN_IN}?back=${encodeURIComponent(location.pathname + location.search)}`);
};
