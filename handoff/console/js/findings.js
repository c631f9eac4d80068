// The findings of a picture: each line of the list leads to its pin in the viewer, each pin back to its
// line. `viewer` gives the viewer, or brings it.
export const beginFindings = (list, viewer) => {
  for (const link of list.querySelectorAll("a[data-pin]"))
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      Promise.resolve(viewer())
        .then((opened) => window.akashiLook.point(opened, link.dataset.pin))
        .catch(() => location.assign(link.href));
    });
  document.addEventListener("akashi:pin", ({ detail }) => {
    const line = document.getElementById(`finding-${detail}`);
    if (list.contains(line)) line.focus();
  });
};
