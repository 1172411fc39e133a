/* The table of "Thêm nhiều điểm": a paste from Excel goes into its cells, rows are added as needed,
   Enter goes down. The page works without it: ten rows at a time, and a button for ten more. */
(function () {
  "use strict";
  const STEP = 10;
  const cellOf = (event) => event.target.closest && event.target.closest("[data-table] input");
  const table = () => document.querySelector("[data-table]");
  const rows = () => [...table().tBodies[0].rows];
  const cells = (row) => [...row.querySelectorAll("input")];
  const bare = (text) =>
    text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/đ/g, "d").replace(/\s+/g, " ").trim();

  function say(text) {
    document.getElementById("paste-said").textContent = text;
  }

  /* A copy of the last row, empty, with the next number. */
  function addRow() {
    const last = rows().pop();
    const number = Number(last.cells[0].textContent) + 1;
    if (number > Number(table().dataset.most)) return null;
    const made = last.cloneNode(true);
    made.cells[0].textContent = number;
    made.querySelectorAll(".field-error").forEach((error) => error.remove());
    for (const field of cells(made)) {
      field.name = field.name.replace(/^row-\d+-/, `row-${number - 1}-`);
      field.id = `id_${field.name}`;
      field.value = "";
      field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+/, number));
      field.classList.remove("is-invalid");
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    last.after(made);
    return made;
  }

  function addRows(wanted) {
    let made = 0;
    while (made < wanted && addRow()) made += 1;
    return made;
  }

  /* Text as Excel and its like copy it: tabs between cells; a cell with a line break or a quote in
     it stands in quotes. */
  function parse(text) {
    const found = [[""]];
    let quoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const row = found[found.length - 1];
      const char = text[at];
      const last = row.length - 1;
      if (quoted) {
        if (char !== '"') row[last] += char;
        else if (text[at + 1] === '"') {
          row[last] += char;
          at += 1;
        } else quoted = false;
      } else if (char === '"' && row[last] === "") quoted = true;
      else if (char === "\t") row.push("");
      else if (char === "\n") found.push([""]);
      else if (char !== "\r") row[last] += char;
    }
    while (found.length && found[found.length - 1].every((cell) => !cell.trim())) found.pop();
    return found;
  }

  /* Which column of ours each cell of a heading names: its index, or -1. Null: it is no heading. */
  function headings(row) {
    const heads = [...table().tHead.rows[0].cells].slice(1);
    const words = heads.map((head) =>
      [head.textContent, ...head.dataset.heads.split("|")].map(bare).filter(Boolean),
    );
    const taken = new Set();
    const found = row.map((cell) => {
      const text = bare(cell);
      let best = -1;
      let longest = 0;
      words.forEach((known, index) => {
        for (const word of known) {
          const fits = text === word || (word.length > 4 && text.includes(word));
          if (fits && word.length > longest && !taken.has(index)) [best, longest] = [index, word.length];
        }
      });
      taken.add(best);
      return best;
    });
    const named = found.filter((index) => index >= 0).length;
    return named > 1 && !row.some((cell) => /^[\d.,]+$/.test(cell.trim())) ? found : null;
  }

  function paste(cell, pasted) {
    const start = rows().indexOf(cell.closest("tr"));
    const first = cells(cell.closest("tr")).indexOf(cell);
    const named = headings(pasted[0]);
    let lines = named ? pasted.slice(1) : pasted;
    // Rows that are numbered 1, 2, 3 … and have no heading: the numbers are of their own table.
    const numbered = first === 0 && lines.length > 1 && lines.every((line, at) => line[0].trim() === `${at + 1}`);
    if (numbered && !named) lines = lines.map((line) => line.slice(1));
    const most = Number(table().dataset.most);
    if (start + lines.length > most)
      return say(
        `Đoạn dán có ${lines.length} dòng, mà bảng chỉ nhận ${most} dòng một lần: chưa dán. Chia ra nhiều lần.`,
      );
    addRows(start + lines.length - rows().length);
    const width = cells(rows()[0]).length;
    const skipped = new Set();
    const body = rows();
    lines.forEach((line, down) => {
      const fields = cells(body[start + down]);
      line.forEach((text, across) => {
        const index = named ? named[across] : first + across;
        if (index === undefined || index < 0 || index >= width) {
          if (text.trim()) skipped.add(named ? `“${(pasted[0][across] || "").trim()}”` : "");
          return;
        }
        fields[index].value = text.replace(/\s*\n\s*/g, "; ").trim();
      });
    });
    cell.dispatchEvent(new Event("input", { bubbles: true }));
    const left = named ? [...skipped].join(", ") : "bên phải bảng";
    say(`Đã dán ${lines.length} dòng.` + (skipped.size ? ` Không nhận cột ${left}.` : ""));
  }

  document.addEventListener("paste", (event) => {
    const cell = cellOf(event);
    if (!cell) return;
    const pasted = parse(event.clipboardData.getData("text/plain"));
    if (!pasted.length || (pasted.length === 1 && pasted[0].length === 1)) return;
    event.preventDefault();
    paste(cell, pasted);
  });

  document.addEventListener("keydown", (event) => {
    const cell = event.key === "Enter" && !event.isComposing && cellOf(event);
    if (!cell) return;
    event.preventDefault(); // it would send the form
    const row = cell.closest("tr");
    const below = row.nextElementSibling || addRow();
    if (below) cells(below)[cells(row).indexOf(cell)].focus();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-more]")) return;
    event.preventDefault();
    const first = rows().length;
    if (!addRows(STEP)) return say(`Bảng có nhiều nhất ${table().dataset.most} dòng một lần.`);
    cells(rows()[first])[0].focus();
  });
})();
