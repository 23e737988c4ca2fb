/** The width of the terminal; without one, for a file or a pipe, nothing is cut or wrapped. */
export function columnsOf(stream: { readonly columns?: number }): number {
	return stream.columns ?? Number.POSITIVE_INFINITY;
}

/** Labels and values in two columns; a value that is too long goes on under its own beginning. */
export function describeRows(rows: readonly (readonly [string, string])[], columns: number): string {
	const width = Math.max(...rows.map(([label]) => label.length)) + 2;
	return rows
		.map(
			([label, value]) => `${label.padEnd(width)}${wrapped(value, columns - width).join(`\n${" ".repeat(width)}`)}\n`,
		)
		.join("");
}

/**
 * Rows under a head, each column as wide as its widest cell. What does not fit the terminal is taken from the widest
 * columns, and cells that are cut end in an ellipsis.
 */
export function describeTable(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string {
	const lines = [head, ...rows];
	const widths = head.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
	const gaps = 2 * (head.length - 1);
	while (widths.reduce((sum, width) => sum + width, gaps) > columns && Math.max(...widths) > leastWidth) {
		widths[widths.indexOf(Math.max(...widths))] = Math.max(...widths) - 1;
	}
	const shown = (cell: string, width: number) =>
		cell.length > width ? `${cell.slice(0, width - 1)}…` : cell.padEnd(width);
	return lines
		.map(
			(line) =>
				`${line
					.map((cell, index) => shown(cell, widths[index] ?? 0))
					.join("  ")
					.trimEnd()}\n`,
		)
		.join("");
}

const leastWidth = 8;

/** Broken at blanks; a word that is longer than the line stays whole, so that it can be copied. */
export function wrapped(text: string, width: number): string[] {
	const lines: string[] = [];
	for (const word of text.split(" ")) {
		const last = lines.at(-1);
		if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
		else lines[lines.length - 1] = `${last} ${word}`;
	}
	return lines;
}
