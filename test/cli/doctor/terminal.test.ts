import { afterEach, expect, test } from "vitest";
import { doctorCommand } from "../../../cli/doctor";

const { columns } = process.stdout;
afterEach(() => {
	process.stdout.columns = columns;
});

/** What the doctor writes about a simulator, on a terminal of so many columns. */
async function told(width: number): Promise<string[]> {
	process.stdout.columns = width;
	let text = "";
	const hosts = async () => new Map([["lab", { name: "lab", kind: "simulator" as const }]]);
	const write = (piece: string) => {
		text += piece;
	};
	await doctorCommand({ hosts, write, setExitCode: () => {} }).parseAsync([], { from: "user" });
	return text.trimEnd().split("\n");
}

test("what does not fit the terminal goes on under its own beginning", async () => {
	const narrow = await told(40);
	expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(40);
	const [, first = "", second = ""] = narrow;
	expect(second.search(/\S/)).toBe(first.indexOf("the simulator"));
	expect(await told(200)).toHaveLength(2);
});
