/** The words of a line of a shell, as far as the documents use one: quotes, and everything from a redirection or a pipe on is left out. */
export function wordsOf(line: string): string[] {
	const words: string[] = [];
	for (const [, double, single, plain, end] of line.matchAll(/"([^"]*)"|'([^']*)'|([^\s"'|<>&;#]+)|([|<>&;#])/g)) {
		if (end !== undefined) break;
		words.push(double ?? single ?? plain ?? "");
	}
	return words;
}

/** Commands of a block, each in one line: without comments, prompts, and what stands before a pipe or `&&`. */
export function commandsIn(text: string): string[] {
	return text
		.replace(/\\\n\s*/g, " ")
		.split("\n")
		.flatMap((line) => line.split(/ && | \| /))
		.map((line) => line.trim().replace(/^\$ /, ""))
		.map((line) => line.replace(/^(?:[A-Z_]+=(?:"[^"]*"|\S*) )+/, ""))
		.filter((line) => line !== "" && !line.startsWith("#"));
}
