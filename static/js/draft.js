/* Bản đang soạn: what is typed in a guarded form is sent to the server after two seconds of silence, and kept in this browser only while that fails. The script of every page: it also wipes
   what this browser keeps at sign-out, for another user, and once a form is saved. */
(function () {
  "use strict";
  const START = "antq-draft:";
  const OUT = "antq-signed-out";
  const FIELD = "_draft"; // tells the server which draft goes when the form is saved
  const FORMS = "form[data-draft], form[data-guard]:not([data-upload]):not([data-no-draft])";
  const SILENCE = 2000;
  const LONGEST_WAIT = 15000;
  const KEEPALIVE = 60000; // what a browser sends on behalf of a page that is gone
  const KEPT_HERE = "Mất kết nối: đang giữ trên máy này.";
  const ENDED = "Phiên làm việc đã kết thúc: đang giữ trên máy này. Khi lưu sẽ được đăng nhập lại.";
  const { user, drafts, saved } = document.body.dataset;
  const states = new Map();
  let signedOut = false; // in this tab by the user, or in another one
  let here = false;

  /* The browser's own store: it may be full, or forbidden */
  const store = {
    names() {
      try {
        return Object.keys(localStorage).filter((name) => name.startsWith(START));
      } catch {
        return [];
      }
    },
    get(name) {
      try {
        return localStorage.getItem(name);
      } catch {
        return null;
      }
    },
    set(name, text) {
      try {
        localStorage.setItem(name, text);
        return true;
      } catch {
        return false;
      }
    },
    drop(name) {
      try {
        localStorage.removeItem(name);
      } catch {
        /* nothing was kept */
      }
    },
  };
  const mine = (name) => `${START}${user}:${name}`;

  function wipe() {
    store.names().forEach(store.drop);
    store.set(OUT, String(Date.now()));
    signedOut = true;
  }

  window.addEventListener("storage", (event) => {
    if (event.key === OUT && event.newValue) signedOut = true;
  });

  /* Talking to the server. HX-Request: an ended session is then said, not a page to sign in. */
  async function send(method, name, text, more) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    const answer = await fetch(`${drafts}?form=${encodeURIComponent(name)}`, {
      method,
      body: text,
      headers: {
        "Content-Type": "application/json",
        "HX-Request": "true",
        "X-CSRFToken": token ? token.value : "",
      },
      ...more,
    });
    const body = await answer.text(); // to its end: the browser holds the line until then
    return { ok: answer.ok, status: answer.status, data: answer.ok ? JSON.parse(body) : {} };
  }

  /* What the browser kept while the line was down goes to the server first. */
  async function flush() {
    for (const name of store.names()) {
      const form = name.slice(mine("").length);
      try {
        const answer = await send("POST", form, store.get(name));
        if (answer.ok || answer.status === 400) store.drop(name);
      } catch {
        return;
      }
    }
  }

  function typedIn(form) {
    const fields = new Map();
    for (const field of form.elements) {
      const { name, type } = field;
      if (!name || ["submit", "button", "reset", "file", "password", "fieldset"].includes(type)) continue;
      if (name === FIELD || name === "csrfmiddlewaretoken" || /password/i.test(name)) continue;
      if (!fields.has(name)) fields.set(name, []);
      if (type === "checkbox" || type === "radio") {
        if (field.checked) fields.get(name).push(field.value);
      } else if (type === "select-multiple") {
        fields.get(name).push(...[...field.selectedOptions].map((option) => option.value));
      } else fields.get(name).push(field.value);
    }
    return JSON.stringify({ fields: [...fields] });
  }

  function say(state, text) {
    if (state.line.textContent !== text) state.line.textContent = text;
  }

  function keepHere(state, text, why) {
    if (signedOut) return;
    const kept = store.set(mine(state.name), text);
    say(state, kept ? why : "Mất kết nối, nội dung chưa được giữ. Đừng đóng trang này.");
  }

  async function save(state) {
    clearTimeout(state.timer);
    if (signedOut || state.asked || state.sent) return;
    const text = typedIn(state.form);
    state.since = 0;
    try {
      if (!navigator.onLine) throw new Error("offline");
      const answer = await send("POST", state.name, text);
      if (state.sent) return;
      if (answer.ok) {
        store.drop(mine(state.name));
        state.dirty = state.dirty && typedIn(state.form) !== text;
        say(state, `Đã lưu nháp ${answer.data.time}`);
      } else if (answer.status === 400) say(state, "Nội dung quá dài, không lưu nháp được.");
      else keepHere(state, text, answer.status < 500 ? ENDED : KEPT_HERE);
    } catch {
      if (state.sent) return;
      keepHere(state, text, KEPT_HERE);
      state.timer = setTimeout(save, LONGEST_WAIT, state);
    }
  }

  function touched(state) {
    if (here) signedOut = here = false; // the question whether to leave was answered with no
    state.dirty = true;
    state.sent = false;
    if (state.asked) return say(state, "Chưa lưu nháp: chọn Khôi phục hoặc Bỏ ở đầu biểu.");
    const now = Date.now();
    state.since = state.since || now;
    clearTimeout(state.timer);
    const wait = now - state.since > LONGEST_WAIT ? 0 : SILENCE;
    state.timer = setTimeout(save, wait, state);
  }

  /* Offering what was typed before */
  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function fill(form, fields) {
    const left = new Map(fields.map(([name, values]) => [name, [...values]]));
    for (const field of form.elements) {
      const values = left.get(field.name);
      if (!values) continue;
      if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
      else if (field.tomselect) {
        values.forEach((value) => field.tomselect.addOption({ value, text: value }));
        field.tomselect.setValue(values);
      } else if (field.type === "select-multiple") {
        for (const option of field.options) option.selected = values.includes(option.value);
      } else if (values.length) field.value = values.shift();
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function offer(state, draft) {
    const box = document.createElement("div");
    box.className = "notice info bar draft-offer";
    box.setAttribute("role", "status");
    const text = document.createElement("span");
    text.textContent = `Có bản đang soạn lúc ${draft.time} ngày ${draft.day}, chưa lưu vào sổ.`;
    state.asked = true;
    const answered = () => {
      box.remove();
      state.asked = false;
      if (state.dirty) touched(state);
    };
    const restore = () => {
      // A form whose parts depend on each other is drawn by the server as it was typed.
      if (state.form.dataset.draftRestore === "server")
        return location.assign(`${location.pathname}?draft=1`);
      answered();
      fill(state.form, draft.fields);
    };
    const drop = async () => {
      try {
        if ((await send("DELETE", state.name)).ok) return answered();
      } catch {
        /* said below */
      }
      say(state, "Mất kết nối, chưa bỏ được. Thử lại.");
    };
    box.append(text, button("Khôi phục", restore), button("Bỏ", drop));
    state.form.prepend(box);
  }

  /* Most forms are the only one of their address. */
  function nameOf(form) {
    if (form.dataset.draft) return form.dataset.draft;
    const { pathname } = new URL(form.action || location.href, location.href);
    const name = `page-${pathname.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`.slice(0, 90);
    const taken = [...states.values()].filter((state) => state.name.startsWith(name)).length;
    return taken ? `${name}-${taken}` : name;
  }

  async function watch(form) {
    const line = document.createElement("span");
    line.className = "soft draft-line";
    line.setAttribute("role", "status");
    const bars = form.querySelectorAll(".bar");
    (bars.length ? bars[bars.length - 1] : form).append(line);
    const state = { form, line, name: nameOf(form), asked: true };
    states.set(form, state);
    await flushed;
    state.asked = false;
    // The answer to a form, or a draft: what it shows is what was typed last.
    if (form.matches("[data-posted] form, [data-draft-typed]")) return touched(state);
    try {
      const { data: draft } = await send("GET", state.name);
      if (draft.time) return offer(state, draft);
    } catch {
      /* the line is down: what is typed from now on is kept here */
    }
    if (state.dirty) touched(state);
  }

  function changed(event) {
    const state = states.get(event.target.form || event.target);
    if (state) touched(state);
  }

  /* Before site.js hears of it: a form that cannot be sent is not. */
  function submitted(event) {
    const form = event.target;
    if (form.hasAttribute("data-sign-out")) {
      here = true;
      return wipe();
    }
    const state = states.get(form);
    if (!state || state.sent) return;
    clearTimeout(state.timer);
    const text = typedIn(form);
    if (!navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return keepHere(state, text, `${KEPT_HERE} Có mạng lại thì bấm lưu lần nữa.`);
    }
    if (!form.elements[FIELD]) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: FIELD, value: state.name });
      form.append(field);
    }
    state.sent = true; // until the answer is here: a page that is saved says so (data-saved)
    if (!signedOut) store.set(mine(state.name), text);
  }

  const flushed = (async () => {
    if (!user) return;
    store.drop(OUT);
    for (const name of store.names()) if (!name.startsWith(mine(""))) store.drop(name);
    for (const name of saved.split(" ")) store.drop(mine(name));
    await flush();
  })();
  document.addEventListener("submit", submitted, true);
  if (!user) return; // nobody is signed in, or it is a page of the admin, which has no drafts

  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  window.addEventListener("online", async () => {
    for (const state of states.values()) if (state.dirty) await save(state);
  });
  window.addEventListener("pageshow", () => states.forEach((state) => (state.sent = false)));
  window.addEventListener("pagehide", () => {
    for (const state of states.values()) {
      if (!state.dirty || state.asked || state.sent || signedOut) continue;
      const text = typedIn(state.form);
      store.set(mine(state.name), text);
      if (text.length < KEEPALIVE) send("POST", state.name, text, { keepalive: true }).catch(() => {});
    }
  });
  document.querySelectorAll(FORMS).forEach(watch);
})();
