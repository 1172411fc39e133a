"use strict";
// "Lưu ảnh": the drawing of a chart as a PNG, made in the browser. Without script the button is not there.
(() => {
  const SCALE = 3; // sharp enough for a projector
  const save = (drawing) => {
    const box = drawing.viewBox.baseVal;
    const copy = drawing.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", box.width * SCALE);
    copy.setAttribute("height", box.height * SCALE);
    const picture = new Image();
    picture.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = box.width * SCALE;
      canvas.height = box.height * SCALE;
      const paper = canvas.getContext("2d");
      paper.fillStyle = "#ffffff";
      paper.fillRect(0, 0, canvas.width, canvas.height);
      paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const link = document.createElement("a");
      link.download = `${drawing.dataset.picture}.png`;
      link.href = canvas.toDataURL("image/png");
      link.click();
    };
    // A data address, because the policy of the pages allows no other.
    const text = new XMLSerializer().serializeToString(copy);
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  };
  for (const button of document.querySelectorAll("[data-save-picture]")) {
    button.hidden = false;
    button.addEventListener("click", () => save(button.closest("figure").querySelector("svg[data-picture]")));
  }
})();
