/**
 * What the report does where scripts run: search, filters, groups, sorting, details on demand. It reads what the document
 * shows and writes text nodes only. Without it everything is there, in one table, the worst first.
 */
export const script = `
"use strict";
document.documentElement.classList.add("js");
addEventListener("DOMContentLoaded", () => {
	const table = document.getElementById("relationships");
	addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
	if (table === null) return;
	const rows = [...table.querySelectorAll("tbody[data-name]")].map((body, index) => ({
		body, index, text: body.textContent.toLowerCase(), button: body.querySelector(".name button"),
	}));
	const field = (id) => document.getElementById(id);
	const [search, condition, site, group, shown] = ["search", "condition", "site", "group", "shown"].map(field);
	const byText = new Intl.Collator("en", { numeric: true });
	let sorted = null;
	const keyOf = ({ body }, column) => {
		const cell = body.rows[0].cells[column];
		return cell.dataset.sort ?? cell.textContent.trim().toLowerCase();
	};
	const inOrder = () => {
		if (sorted === null) return rows;
		const { column, ways } = sorted;
		const compare = (one, other) => {
			const [first, second] = [keyOf(one, column), keyOf(other, column)];
			const numbers = first !== "" && second !== "" && !Number.isNaN(Number(first)) && !Number.isNaN(Number(second));
			return ways * (numbers ? Number(first) - Number(second) : byText.compare(first, second)) || one.index - other.index;
		};
		return [...rows].sort(compare);
	};
	const update = () => {
		const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
		const isShown = ({ body, text }) =>
			words.every((word) => text.includes(word)) &&
			(condition.value === "" || body.dataset.condition === condition.value) &&
			(site.value === "" || JSON.parse(body.dataset.sites).includes(site.value));
		for (const head of table.querySelectorAll("tbody.group")) head.remove();
		const chosen = inOrder().filter(isShown);
		for (const row of rows) row.body.hidden = true;
		const groups = new Map();
		for (const row of chosen) {
			const name = group.value === "" ? "" : row.body.dataset[group.value];
			groups.set(name, [...(groups.get(name) ?? []), row]);
		}
		for (const [name, members] of groups) {
			if (group.value !== "") {
				const head = table.createTBody();
				head.className = "group";
				const cell = document.createElement("th");
				cell.colSpan = table.tHead.rows[0].cells.length;
				cell.scope = "colgroup";
				cell.textContent = name + " (" + members.length + ")";
				head.insertRow().append(cell);
			}
			for (const { body } of members) { body.hidden = false; table.append(body); }
		}
		shown.textContent = chosen.length + " of " + rows.length + " shown";
	};
	for (const each of [search, condition, site, group]) each.addEventListener("input", update);
	for (const row of rows) {
		row.button.setAttribute("aria-expanded", "false");
		row.button.addEventListener("click", () => {
			const open = row.body.classList.toggle("open");
			row.button.setAttribute("aria-expanded", String(open));
		});
	}
	[...table.tHead.rows[0].cells].forEach((head, column) => {
		head.querySelector("button").addEventListener("click", () => {
			const ways = sorted !== null && sorted.column === column ? -sorted.ways : 1;
			sorted = { column, ways };
			for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
			head.setAttribute("aria-sort", ways === 1 ? "ascending" : "descending");
			update();
		});
	});
	update();
});
`;
