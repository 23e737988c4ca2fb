import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a check saw on a system, kept whether or not it was as expected: other systems are judged by it. */
export class Transcript {
	private readonly lines: { readonly about: string; readonly seen?: unknown; readonly holds?: boolean }[] = [];

	/** Something that only this system could tell. */
	note(about: string, seen: unknown): void {
		this.lines.push({ about, seen });
	}

	/** Something that must hold. */
	expect(about: string, holds: boolean, seen?: unknown): void {
		this.lines.push({ about, holds, ...(seen === undefined ? {} : { seen }) });
	}

	get failures(): readonly string[] {
		return this.lines.flatMap(({ about, holds, seen }) =>
			holds === false ? [`${about}${seen === undefined ? "" : `: ${JSON.stringify(seen)}`}`] : [],
		);
	}

	seen(about: string): unknown {
		return this.lines.find((line) => line.about === about)?.seen;
	}

	/** How many expectations were looked at. */
	get expectations(): number {
		return this.lines.filter(({ holds }) => holds !== undefined).length;
	}

	write(folder: string, name: string): void {
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(this.lines, null, "\t")}\n`);
	}
}
