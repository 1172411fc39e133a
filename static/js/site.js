/* Small helps for pages that work without them. For Chrome 109 and Firefox 115; no eval (CSP). */
(function () {
  "use strict";
  const LOST = "Mất kết nối, thử lại. Nội dung đã nhập vẫn còn trên trang.";
  const FAILED = "Máy chủ chưa xử lý được. Thử lại; nếu vẫn lỗi, báo người quản trị.";
  const ENDED =
    "Phiên làm việc đã kết thúc. Cứ nhập tiếp; khi lưu sẽ được đăng nhập lại, nội dung vẫn giữ.";
  const on = (name, act) => document.addEventListener(name, act);

  /* A line that screen readers speak at once; empty text takes it away. */
  function say(text) {
    const live = document.getElementById("live");
    live.textContent = text;
    live.className = text ? "notice error" : "";
  }

  /* Forms: sent once; grouped digits; a warning before typed text is lost */
  const sent = new Set();
  const changed = new Set();
  const buttons = (form) => [...form.elements].filter((field) => field.type === "submit");

  function free(form) {
    sent.delete(form);
    buttons(form).forEach((button) => (button.disabled = false));
  }

  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (sent.has(form)) return event.preventDefault();
    changed.delete(form);
    if (form.method !== "post") return;
    sent.add(form);
    // A tick later, so that the clicked button's name and value are still sent.
    setTimeout(() => buttons(form).forEach((button) => (button.disabled = true)));
    // A download, or a line that dropped, leaves the page where it is.
    setTimeout(() => free(form), 20000);
  });
  window.addEventListener("pageshow", () => [...sent].forEach(free));

  function touched(event) {
    const form = event.target.form;
    if (form && form.hasAttribute("data-guard")) changed.add(form);
  }
  on("input", touched);
  on("change", touched);
  window.addEventListener("beforeunload", (event) => {
    if (![...changed].some((form) => form.isConnected)) return;
    event.preventDefault();
    event.returnValue = ""; // Chrome before 119 asks only then
  });

  on("focusout", (event) => {
    const field = event.target;
    const text = field.matches("input.js-number") ? field.value.trim() : "";
    if (/^[1-9]\d{3,}$/.test(text)) field.value = text.replace(/\B(?=(\d{3})+$)/g, ".");
  });

  /* Filters that send themselves, but not from the keyboard: arrow keys pass over other choices. */
  let byKey = false;
  on("keydown", () => (byKey = true));
  on("pointerdown", () => (byKey = false));
  on("change", (event) => {
    const field = event.target;
    if (!field.matches("[data-submit], form[data-auto] :is(select, [type=radio])")) return;
    if (field.tomselect ? !field.value : byKey) return; // emptied: about to type another
    field.form.requestSubmit();
  });

  /* One tick for all the boxes of a form; without this script it is not shown. */
  on("change", ({ target }) => {
    const boxes = target.dataset.tick ? target.form.querySelectorAll("[type=checkbox]") : [];
    for (const box of boxes) if (box.name === target.dataset.tick) box.checked = target.checked;
  });

  on("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    for (const menu of document.querySelectorAll("details.who[open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });
  on("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.who[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* Choosing from long lists (Tom Select, on the pages that load it) */
  // Without diacritics and apostrophes: "buon hmung" finds "Buôn H’Mung".
  const key = (text) => {
    const bare = text.normalize("NFD").replace(/[\u0300-\u036f'’‘ʼ`]/g, "");
    return bare.toLowerCase().replace(/đ/g, "d").trim();
  };

  const line = (className, ...parts) => {
    const box = document.createElement("div");
    box.className = className;
    box.append(...parts);
    return box;
  };
  const remark = (text) => () => line("no-results", text);

  function settingsOf(select) {
    const empty = select.querySelector('option[value=""]');
    const hint = empty ? empty.textContent.replace(/^-+$/, "") : "";
    const settings = {
      plugins: {},
      maxOptions: 300,
      highlight: false,
      refreshThrottle: 0, // a list that is refreshed later opens again behind a quick Enter
      placeholder: select.dataset.placeholder || hint || "Gõ để tìm",
      hidePlaceholder: !select.multiple,
      score: (typed) => {
        const words = key(typed).split(/\s+/);
        return (item) => {
          const text = key(item.text);
          if (!words.every((word) => text.includes(word))) return 0;
          return text.startsWith(words[0]) ? 2 : 1;
        };
      },
      render: {
        no_results: remark("Không tìm thấy"),
        option_create: (data) => line("create", "Thêm “", data.input, "”"),
        loading: remark("Đang tìm…"),
      },
    };
    if (select.multiple) settings.plugins.remove_button = { title: "Bỏ" };
    else if (!select.required) settings.plugins.clear_button = { title: "Bỏ chọn" };
    if (select.dataset.create) {
      settings.render.no_results = null;
      settings.create = true;
      settings.createFilter = function (typed) {
        return Object.values(this.options).every((option) => key(option.text) !== key(typed));
      };
      settings.createOnBlur = true;
      settings.persist = false;
    }
    return settings;
  }

  function remote(select, settings) {
    settings.valueField = "value";
    settings.labelField = settings.searchField = "text";
    // What the server found for this text is right, and in its order.
    settings.score = (typed) => (item) => (item.found === typed ? 1 : 0);
    settings.render.not_loading = remark("Gõ từ 2 chữ để tìm");
    settings.shouldLoad = (text) => text.trim().length > 1;
    settings.load = async function (text, show) {
      this.clearOptions();
      try {
        const address = new URL(select.dataset.url, document.baseURI);
        address.searchParams.set("q", text);
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        const found = await answer.json();
        say(found.error || "");
        show(found.error ? [] : found.map((unit) => ({ ...unit, found: text })));
      } catch {
        say(LOST);
        show();
      }
    };
  }

  function enhance(root) {
    if (!window.TomSelect) return;
    for (const select of root.querySelectorAll("select.js-select, select.js-unit")) {
      if (select.tomselect) continue;
      const settings = settingsOf(select);
      if (select.matches(".js-unit")) remote(select, settings);
      const made = new TomSelect(select, settings);
      select.setAttribute("aria-hidden", "true");
      // A label around the select names only the select, which is now hidden.
      const label = select.closest("label");
      const named = label && label.querySelector("i, span");
      const name = named ? named.textContent : select.getAttribute("aria-label");
      if (name) made.control_input.setAttribute("aria-label", name);
    }
  }

  /* Parts of pages (htmx) */
  on("htmx:load", (event) => enhance(event.detail.elt.parentNode || document));
  on("htmx:beforeCleanupElement", ({ target }) => target.tomselect && target.tomselect.destroy());
  // What is typed while a part is on its way stays.
  const late = new Set();
  on("htmx:beforeRequest", () => late.clear());
  on("input", (event) => late.add(event.target));
  on("htmx:oobBeforeSwap", ({ detail }) => {
    for (const field of late) {
      if (!field.id || !detail.target.contains(field)) continue;
      const fresh = detail.fragment.querySelector(`#${CSS.escape(field.id)}`);
      if (fresh) fresh.value = field.value;
    }
  });
  on("htmx:sendError", () => say(LOST));
  on("htmx:timeout", () => say(LOST));
  on("htmx:responseError", ({ detail }) =>
    say(detail.xhr.getResponseHeader("X-Session-Ended") ? ENDED : FAILED),
  );
  on("htmx:afterRequest", (event) => event.detail.successful && say(""));

  on("DOMContentLoaded", () => {
    enhance(document);
    for (const box of document.querySelectorAll("[data-tick]")) box.parentNode.hidden = false;
    const here = document.querySelector(".top nav .on"); // on a phone the menu scrolls sideways
    if (here) here.parentNode.scrollLeft = here.offsetLeft - here.parentNode.offsetLeft - 40;
    // What came back with errors is typed and not saved.
    for (const form of document.querySelectorAll("form[data-guard]"))
      if (form.querySelector(".is-invalid")) changed.add(form);
    const marked = [...document.querySelectorAll(".is-invalid, [aria-invalid=true]")];
    const wrong = marked.find((field) => field.form);
    if (!wrong) return;
    const choice = wrong.tomselect;
    if (!choice) return wrong.focus();
    choice.settings.openOnFocus = false; // its list would cover what is said below it
    choice.focus();
    setTimeout(() => (choice.settings.openOnFocus = true), 200);
  });
})();
