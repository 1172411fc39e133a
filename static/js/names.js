/* The form of a point: a near name is taken instead of the new one that was being typed. */
(function () {
  "use strict";
  function choose(select, value, text) {
    const known = [...select.options].some((option) => option.value === value);
    if (!known) select.add(new Option(text, value));
    if (select.tomselect) {
      if (!known) select.tomselect.addOption({ value, text });
      select.tomselect.setValue(value, true);
    } else select.value = value;
  }

  // What was typed while the part was on its way was asked of a field that is gone.
  document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
    const typed = document.querySelector("#scheme-part [name=new_scheme]");
    if (detail.target.id === "scheme-part" && typed && typed.value)
      typed.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-take]");
    if (!button) return;
    const form = button.closest("form");
    const { type, scheme, new_scheme: typed } = form.elements;
    const { take, name, type: itsType } = button.dataset;
    typed.value = "";
    button.closest("#near-names").replaceChildren();
    choose(scheme, take, name);
    if (type.value === itsType) {
      scheme.dispatchEvent(new Event("change", { bubbles: true }));
      return (scheme.tomselect || scheme).focus();
    }
    typed.focus(); // the part that is drawn again keeps the focus there
    choose(type, itsType, "");
    type.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
