import { InvalidArgumentError, Option } from "commander";

export const fileOption = () => new Option("--file <file>", "the simulator's file").default("./arrays.json");

/** How many: 1 or more, and no more than can be counted. */
export function count(value: string): number {
	const number = anyWholeNumber(value);
	if (number >= 1) return number;
	throw new InvalidArgumentError("expected a whole number of 1 or more.");
}

export function anyWholeNumber(value: string): number {
	const number = Number(value);
	if (/^\d+$/.test(value) && Number.isSafeInteger(number)) return number;
	throw new InvalidArgumentError("expected a whole number of at most 16 digits.");
}

/** Numbers of the vocabulary, by commas. */
export function numbers(value: string): number[] {
	return value.split(",").map(anyWholeNumber);
}

/** How many times as long: above 0, within what a clock can show. */
export function factor(value: string): number {
	const number = Number(value);
	if (value.trim() !== "" && number > 0 && number <= 1_000_000) return number;
	throw new InvalidArgumentError("expected a number above 0, at most 1000000.");
}

export function speed(value: string): number {
	const number = Number(value);
	if (value.trim() !== "" && number >= 0 && number <= 1_000_000) return number;
	throw new InvalidArgumentError("expected a number from 0 to 1000000.");
}

export function durationMs(value: string): number {
	const match = /^(\d{1,9}(?:\.\d+)?)(s|m|h)$/.exec(value);
	if (match === null) throw new InvalidArgumentError("expected a duration such as 10s, 5m or 2h.");
	const unit = { s: 1_000, m: 60_000, h: 3_600_000 }[match[2] as "s" | "m" | "h"];
	return Number(match[1]) * unit;
}

export function yesOrNo(value: string): boolean {
	if (value === "yes" || value === "no") return value === "yes";
	throw new InvalidArgumentError("expected yes or no.");
}

export function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** For the end of a help text. */
export function examples(...lines: readonly string[]): string {
	return `\nExamples:\n${lines.map((line) => `  npx pulumi-storage-replication simulator ${line}`).join("\n")}`;
}
