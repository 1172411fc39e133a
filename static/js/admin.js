/* Names, for screen readers, of the fields that Django's admin leaves without: those in tables,
   and the lists that are searched while one types. */
(function () {
  "use strict";
  const words = (element) => (element ? element.textContent.trim().replace(/:$/, "") : "");

  /* The head of the column; in a list of records also which record it is. */
  function nameInTable(field) {
    const cell = field.closest("td, th");
    const table = field.closest("table");
    if (!cell || !table.tHead) return "";
    const head = table.tHead.rows[0].cells[cell.cellIndex];
    const row = table.id === "result_list" ? words(cell.parentElement.querySelector("th")) : "";
    return [words(head && (head.querySelector(".text") || head)), row].filter(Boolean).join(": ");
  }

  const nameOf = (field) =>
    field.getAttribute("aria-label") || [...field.labels].map(words).find(Boolean) || nameInTable(field);

  function give(element, name) {
    if (!element || !name) return;
    element.removeAttribute("aria-labelledby"); // select2's own names the chosen value only
    element.setAttribute("aria-label", name);
  }

  function nameFields(root) {
    for (const field of root.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      if (!field.labels || field.closest(".select2")) continue;
      const name = nameOf(field);
      if (!words(field.labels[0])) give(field, name);
      const picker = field.nextElementSibling;
      if (picker && picker.classList.contains("select2")) {
        for (const part of picker.querySelectorAll("[role=combobox], [role=textbox], input")) give(part, name);
        const chosen = picker.querySelector(".select2-selection--multiple > ul");
        if (chosen) chosen.setAttribute("role", "none"); // it also holds a button and a field
      }
    }
  }

  const search = document.querySelector("label[for=searchbar] img");
  if (search) {
    search.alt = "Từ khóa";
    document.getElementById("searchbar").setAttribute("aria-label", "Từ khóa");
  }
  // Last in jQuery's line, where select2 makes its fields.
  const made = (act) => (window.django ? window.django.jQuery(act) : act());
  addEventListener("load", () => made(() => nameFields(document)));
  document.addEventListener("formset:added", (event) => nameFields(event.target));
})();
