import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeAnswer } from "../../provider/planner/describePlan";
import { planTransition } from "../../provider/planner/planTransition";
import { situationOf } from "./story";

/** Stories: `# the point`, `observe …`, `want …` (see story.ts), `----`, and what the planner says. */
const folder = join(__dirname, "transcripts");
const labels = { source: { host: "east", disk: "the source" }, target: { host: "west", disk: "the target" } };

for (const file of readdirSync(folder).filter((name) => name.endsWith(".txt"))) {
	const stories = readFileSync(join(folder, file), "utf8").split(/\n(?=# )/);
	describe(file, () => {
		test.each(stories.map((story) => [story.slice(2, story.indexOf("\n")), story] as const))("%s", (_, story) => {
			const lines = story.trimEnd().split("\n");
			const rule = lines.indexOf("----");
			const given = (word: string) => lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1) ?? "";
			const situation = situationOf(given("observe"), given("want"));
			expect(describeAnswer(planTransition(situation), labels).join("\n")).toBe(
				lines
					.slice(rule + 1)
					.join("\n")
					.trim(),
			);
		});
	});
}
