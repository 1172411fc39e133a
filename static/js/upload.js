/* Forms with files (form[data-upload]): what is too large is said at once, and how much was sent.
   They work without this. For Chrome 109 and Firefox 115. */
(function () {
  "use strict";
  const LOST = "Mất kết nối, chưa lưu. Nội dung và tệp đã chọn vẫn còn trên trang: bấm Lưu lần nữa.";
  const FAILED = "Máy chủ chưa xử lý được, chưa lưu. Thử lại; nếu vẫn lỗi, báo người quản trị.";
  const STOPPED = "Đã dừng gửi, chưa lưu.";
  let request = null;

  const part = (form, name) => form.querySelector(`[data-upload-${name}]`);
  const number = (value) => value.toLocaleString("vi-VN", { maximumFractionDigits: 1 });

  function say(form, text) {
    const line = part(form, "error");
    line.textContent = text;
    line.hidden = !text;
  }

  function fault(input) {
    const { most, mostBytes, tooLarge, tooMany } = input.dataset;
    const files = [...input.files];
    if (files.length > Number(most)) return tooMany;
    const large = files.find((file) => file.size > Number(mostBytes));
    return large ? `“${large.name}” (${number(large.size / 1048576)} MB): ${tooLarge}` : "";
  }

  function check(form) {
    const inputs = [...form.querySelectorAll("input[type=file]")];
    const text = inputs.map(fault).find(Boolean) || "";
    say(form, text);
    return !text;
  }

  function busy(form, is) {
    for (const button of form.querySelectorAll("[type=submit]")) button.disabled = is;
    part(form, "state").hidden = !is;
  }

  function progress(form, share) {
    const state = part(form, "state");
    state.querySelector("progress").value = share;
    const sent = share < 100 ? `Đã gửi ${Math.floor(share)}%` : "Đã gửi xong, đang kiểm tra tệp…";
    state.querySelector("[role=status]").textContent = sent;
  }

  /* The answer of the server in place of this page; files that it did not refuse stay chosen. */
  function show(form, html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const main = page.querySelector("main");
    if (!main) return say(form, FAILED);
    for (const old of form.querySelectorAll("input[type=file]")) {
      const fresh = main.querySelector(`input[type=file][name="${old.name}"]:not(.is-invalid)`);
      if (!fresh || !old.files.length) continue;
      old.classList.remove("is-invalid"); // of an answer before this one
      old.removeAttribute("aria-invalid");
      fresh.replaceWith(old);
      for (const line of main.querySelectorAll("[data-choose-again]")) line.remove();
    }
    document.title = page.title;
    document.querySelector("main").replaceChildren(...main.childNodes);
    const wrong = document.querySelector(":is(input, select).is-invalid, [autofocus]");
    if (wrong) wrong.focus();
    window.scrollTo(0, 0);
  }

  function send(form, button) {
    const data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    request = new XMLHttpRequest();
    const end = (text) => {
      request = null;
      busy(form, false);
      say(form, text);
    };
    request.open("POST", form.action);
    request.setRequestHeader("X-Upload", "1");
    request.upload.onprogress = (event) =>
      event.lengthComputable && progress(form, (100 * event.loaded) / event.total);
    request.onerror = () => end(LOST);
    request.onabort = () => end(STOPPED);
    request.onload = ({ target }) => {
      if (target.status >= 500) return end(FAILED);
      end("");
      if (!(target.getResponseHeader("Content-Type") || "").includes("json"))
        return show(form, target.responseText);
      form.remove(); // what it holds is saved: no question on leaving
      location.assign(JSON.parse(target.responseText).go);
    };
    progress(form, 0);
    busy(form, true);
    request.send(data);
  }

  // Before the listeners of site.js, which leave alone what was prevented here.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches("form[data-upload]")) return;
      if (request || !check(form)) return event.preventDefault();
      const chosen = [...form.querySelectorAll("input[type=file]")].some((it) => it.files.length);
      if (!chosen) return;
      event.preventDefault();
      send(form, event.submitter);
    },
    true,
  );
  document.addEventListener("change", ({ target }) => {
    if (target.matches("form[data-upload] input[type=file]")) check(target.form);
  });
  document.addEventListener("click", ({ target }) => {
    if (request && target.closest("[data-upload-stop]")) request.abort();
  });
})();
