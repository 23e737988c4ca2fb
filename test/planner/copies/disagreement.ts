import type { Answer } from "../../../provider/planner/plan";
import { planTransition } from "../../../provider/planner/planTransition";
import type { Situation } from "../../../provider/planner/situation";
import { answerOfCopy, type OracleAnswer } from "./answer";
import { linesOfOracle, linesOfPlanner } from "./lines";
import { defaultReadings, type Readings } from "./readings";

type Oracle = (situation: Situation, readings?: Readings) => OracleAnswer;

/** Null if planner and oracle agree; else both answers below a line for `pulumi-storage-replication plan --json`. */
export function disagreementOn(
	situation: Situation,
	oracle: Oracle = answerOfCopy,
	says: OracleAnswer = oracle(situation),
): string | null {
	const planner = planTransition(situation);
	if (agree(planner, says)) {
		return null;
	}
	return [
		JSON.stringify(situation),
		"the text says:",
		...linesOfOracle(says).map((line) => `  ${line}`),
		"the planner says:",
		...linesOfPlanner(planner, says).map((line) => `  ${line}`),
		...readingsThatAgree(situation, planner, oracle).map((name) => `the planner may have read ${name} the other way`),
	].join("\n");
}

/** The readings that would settle it: then the text is to be asked first, and not the code. */
function readingsThatAgree(situation: Situation, planner: Answer, oracle: Oracle): string[] {
	const names = Object.keys(defaultReadings) as (keyof Readings)[];
	return names.filter((name) =>
		agree(planner, oracle(situation, { ...defaultReadings, [name]: !defaultReadings[name] })),
	);
}

/** Where several causes close a way the text leaves open which is nearest. */
const afterSearch = [
	"SR1020",
	"SR1022",
	"SR1023",
	"SR1024",
	"SR1025",
	"SR1026",
	"SR1027",
	"SR1028",
	"SR1037",
	"SR1040",
];

function agree(planner: Answer, oracle: OracleAnswer): boolean {
	const codes = oracle.outcome === "refused" ? oracle.codes : [];
	const isLate = planner.outcome === "refused" && afterSearch.includes(planner.code);
	if (isLate && codes.some((code) => afterSearch.includes(code))) return true;
	return linesOfPlanner(planner, oracle).join("\n") === linesOfOracle(oracle).join("\n");
}
