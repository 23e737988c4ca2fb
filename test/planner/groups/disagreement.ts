import type { Answer } from "../../../provider/planner/plan";
import { planTransition } from "../../../provider/planner/planTransition";
import type { Situation } from "../../../provider/planner/situation";
import { answerOfGroup, type GroupAnswer } from "./answer";
import { linesOfAnswer, linesOfText } from "./lines";
import { defaultGroupReadings, type GroupReadings } from "./readings";

/** The causes that are looked for when no way was found: where several close it, the text leaves open which is nearest. */
const afterSearch = [
	"SR1020",
	"SR1021",
	"SR1022",
	"SR1023",
	"SR1024",
	"SR1025",
	"SR1026",
	"SR1027",
	"SR1028",
	"SR1038",
	"SR1039",
];

function isSameRefusal(planner: Answer, text: GroupAnswer): boolean {
	if (planner.outcome !== "refused" || text.outcome !== "refused") return false;
	return afterSearch.includes(planner.code) && afterSearch.includes(text.code);
}

/** Null if planner and text agree; else both answers below a line for `pulumi-storage-replication plan --json`. */
export function disagreementOnGroup(situation: Situation): string | null {
	const text = answerOfGroup(situation);
	const planner = planTransition(situation);
	const agrees = (other: GroupAnswer) =>
		isSameRefusal(planner, other) || linesOfAnswer(planner, other).join("\n") === linesOfText(other).join("\n");
	if (agrees(text)) {
		return null;
	}
	const names = Object.keys(defaultGroupReadings) as (keyof GroupReadings)[];
	const others = names.filter((name) =>
		agrees(answerOfGroup(situation, { ...defaultGroupReadings, [name]: !defaultGroupReadings[name] })),
	);
	return [
		JSON.stringify(situation),
		"the text says:",
		...linesOfText(text).map((line) => `  ${line}`),
		"the planner says:",
		...linesOfAnswer(planner, text).map((line) => `  ${line}`),
		...others.map((name) => `the planner may have read ${name} the other way`),
	].join("\n");
}
