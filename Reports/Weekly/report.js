for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
      const missing = text => text === "" || text === "–";
      const rows = [...table.tBodies[0].rows].sort((left, right) => {
        const a = key(left), b = key(right);
        if (missing(a) || missing(b)) { return missing(a) - missing(b); }
        const numbers = Number(a) - Number(b);
        const order = Number.isNaN(numbers) ? a.localeCompare(b) : numbers;
        return down ? -order : order;
      });
      table.tBodies[0].append(...rows);
    });
  });
}
