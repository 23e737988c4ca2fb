import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeAnswer } from "../../provider/planner/describePlan";
import { plannedOperations } from "../../provider/planner/operations";
import { planTransition } from "../../provider/planner/planTransition";
import { readSituation } from "../../provider/planner/readSituation";

/**
 * Stories: `# the point`, `observe …`, `want …`, `----`, and what the planner says. Set-up that is left out: forward,
 * Synchronous, Completed, both ends reachable and writable, everything advertised, no features, no journal.
 */
const folder = join(__dirname, "transcripts");
const labels = { source: { host: "east", disk: "the source" }, target: { host: "west", disk: "the target" } };

function situationOf(observe: string, want: string): unknown {
	const observed: Record<string, unknown> = { presence: "present", direction: "forward", syncMode: "Synchronous" };
	const features: number[] = [];
	let operations: readonly string[] | null = plannedOperations;
	for (const part of observe.split(/[,;]\s*/)) {
		const words = part.trim().split(/\s+/);
		const [first, second] = words as [string, string | undefined];
		if (first === "features") features.push(...words.slice(1).map(Number));
		else if (first === "without") operations = plannedOperations.filter((name) => !words.slice(1).includes(name));
		else if (first === "advertising") operations = second === "nothing" ? [] : null;
		else if (second === "unreachable") observed.reachable = { source: first !== "source", target: first !== "target" };
		else if (second === "read-only") observed.readOnly = { source: first === "source", target: first === "target" };
		else if (second === "ahead")
			observed.ahead = { source: first === "source" ? words[2] : "no", target: first === "target" ? words[2] : "no" };
		else if (first === "job") observed.job = second;
		else if (second === "inconsistent") observed[`${first}Consistent`] = false;
		else if (second === "unusable") observed.usable = { source: first !== "source", target: first !== "target" };
		else if (first === "absent")
			Object.assign(observed, {
				presence: "absent",
				vanished: words.includes("vanished"),
				targetExists: words.includes("existing"),
			});
		else {
			observed.copyState = /^\d+$/.test(first) ? { unknown: Number(first) } : first;
			for (const word of words.slice(1)) {
				if (word === "forward" || word === "reverse") observed.direction = word;
				else if (["Synchronous", "Asynchronous", "Unknown"].includes(word)) observed.syncMode = word;
				else if (["Clone", "Snapshot"].includes(word)) observed.syncType = word;
				else observed.progressStatus = word;
			}
		}
	}
	const [state, ...rest] = want.split(/\s+/);
	const desired: Record<string, unknown> = { state };
	for (let index = 0; index < rest.length; index += 2) desired[rest[index] ?? ""] = rest[index + 1];
	return { observed, capabilities: { operations, features }, desired };
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".txt"))) {
	const stories = readFileSync(join(folder, file), "utf8").split(/\n(?=# )/);
	describe(file, () => {
		test.each(stories.map((story) => [story.slice(2, story.indexOf("\n")), story] as const))("%s", (_, story) => {
			const lines = story.trimEnd().split("\n");
			const rule = lines.indexOf("----");
			const given = (word: string) => lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1) ?? "";
			const read = readSituation(situationOf(given("observe"), given("want")));
			if (!read.valid) throw new Error(read.reason);
			expect(describeAnswer(planTransition(read.situation), labels).join("\n")).toBe(
				lines
					.slice(rule + 1)
					.join("\n")
					.trim(),
			);
		});
	});
}
