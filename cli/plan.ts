import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Command, Option } from "commander";
import { systemClock } from "../provider/executor/clock";
import { labelsOf } from "../provider/executor/describeOutlook";
import { Hosts } from "../provider/executor/hosts";
import { lookAt, type Request } from "../provider/executor/outlook";
import { wishFor } from "../provider/executor/wish";
import { connectHosts } from "../provider/hosts/hostsConfig";
import { rememberedIn } from "../provider/lifecycle/outputs";
import { describeAnswer, type EndLabel } from "../provider/planner/describePlan";
import type { Answer } from "../provider/planner/plan";
import { planTransition } from "../provider/planner/planTransition";
import { readSituation } from "../provider/planner/readSituation";
import type { Desired } from "../provider/planner/situation";
import { exitCodes } from "./exitCodes";
import { linesOf, maxLineBytes } from "./lines";
import { parseEnd, readHostsFile, unreadableFile } from "./relationshipOptions";
import { rememberedInStack } from "./stackExport";

/**
 * `pulumi-storage-replication plan`: situations in, plans out, without Pulumi and without an array; or the plan for one
 * relationship that is observed now.
 */
export function planCommand(): Command {
	return new Command("plan")
		.description("plan a transition: situations as JSON lines, or one relationship observed now")
		.argument("[file]", "situations, one JSON object a line; default: standard input")
		.option("--json", "answer in JSON lines, in the order asked")
		.option("--source <host:disk>", "observe instead: the declared source", parseEnd)
		.option("--target <host:disk>", "observe instead: the declared target", parseEnd)
		.addOption(
			new Option("--state <state>", "the wish").choices([
				"active",
				"suspended",
				"reversed",
				"failedOver",
				"split",
				"absent",
			]),
		)
		.addOption(new Option("--sync-mode <mode>", "wished mode").choices(["synchronous", "asynchronous"]))
		.addOption(new Option("--failover-to <end>", "with failedOver: the end that serves").choices(["source", "target"]))
		.addOption(new Option("--keep <end>", "the end whose older writes may not go").choices(["source", "target"]))
		.addOption(new Option("--lost <end>", "an end that is lost: it is not contacted").choices(["source", "target"]))
		.option("--hosts <file>", "JSON file with the content of storageReplication:hosts")
		.option("--stack <file>", "output of pulumi stack export: plan with what that program's last run remembers")
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication plan --hosts hosts.json --state reversed \\
    --source east:Orders --target west:Orders-DR
  pulumi stack export > stack.json
  npx pulumi-storage-replication plan --hosts hosts.json --stack stack.json \\
    --source east:Orders --target west:Orders-DR \\
    --state failedOver --lost source
  npx pulumi-storage-replication plan --json < situations.jsonl > answers.jsonl
  echo '{"observed":{"presence":"absent"},"desired":{"state":"active"}}' \\
    | npx pulumi-storage-replication plan

A plan that destroys writes is printed with the token that lets a program run
it. The token is bound to what the program's last run remembers: give --stack.

Exit codes: 0 every situation was answered (a refusal is an answer); 1 a host
could not be read; 2 the command line, a file that it names or a situation is
malformed (the other situations are answered all the same).`,
		)
		.action(async (file: string | undefined, options: PlanOptions, command: Command) => {
			if (options.source === undefined && options.target === undefined && options.state === undefined)
				return planLines(file, options.json === true);
			const { source, target, state } = options;
			if (source === undefined || target === undefined || state === undefined) {
				command.error("error: --source, --target and --state belong together", { exitCode: exitCodes.usage });
			}
			await planObserved({ ...options, source, target, state });
		});
}

interface PlanOptions {
	readonly json?: boolean;
	readonly source?: ReturnType<typeof parseEnd>;
	readonly target?: ReturnType<typeof parseEnd>;
	readonly state?: Desired["state"];
	readonly syncMode?: "synchronous" | "asynchronous";
	readonly failoverTo?: "source" | "target";
	readonly keep?: "source" | "target";
	readonly lost?: "source" | "target";
	readonly hosts?: string;
	readonly stack?: string;
}

const namelessEnds: { readonly source: EndLabel; readonly target: EndLabel } = {
	source: { host: "source", disk: "the source" },
	target: { host: "target", disk: "the target" },
};

async function planLines(file: string | undefined, json: boolean): Promise<void> {
	const input = file === undefined ? process.stdin : await openFile(file);
	let malformed = false;
	for await (const line of linesOf(input)) {
		if (line.kind === "line" && line.text.trim() === "") continue;
		const { id, answer } = line.kind === "tooLong" ? tooLong : answerTo(line.text);
		if (answer.outcome === "invalid") malformed = true;
		const text = json ? JSON.stringify(id === undefined ? answer : { id, ...answer }) : describeForPeople(id, answer);
		// A slow reader holds us back instead of filling the memory.
		if (!process.stdout.write(`${text}\n`)) await once(process.stdout, "drain");
	}
	if (malformed) process.exitCode = exitCodes.usage;
}

/** Opened before the first line is asked for: a wrong path is a wrong command line. */
async function openFile(path: string): Promise<NodeJS.ReadableStream & AsyncIterable<Buffer | string>> {
	const stream = createReadStream(path);
	try {
		await once(stream, "open");
	} catch (error) {
		throw unreadableFile("situations", path, error);
	}
	return stream;
}

type LineAnswer = Answer | { readonly outcome: "invalid"; readonly reason: string };

const tooLong = {
	id: undefined,
	answer: { outcome: "invalid", reason: `a line is longer than ${maxLineBytes} bytes` },
} as const;

function answerTo(text: string): { readonly id: unknown; readonly answer: LineAnswer } {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		return {
			id: undefined,
			answer: { outcome: "invalid", reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` },
		};
	}
	const id = typeof value === "object" && value !== null && "id" in value ? (value.id ?? undefined) : undefined;
	const read = readSituation(value);
	return { id, answer: read.valid ? planTransition(read.situation) : { outcome: "invalid", reason: read.reason } };
}

function describeForPeople(id: unknown, answer: LineAnswer): string {
	const lines = answer.outcome === "invalid" ? [`invalid: ${answer.reason}`] : describeAnswer(answer, namelessEnds);
	return [...(id === undefined ? [] : [`${String(id)}:`]), ...lines].join("\n");
}

async function planObserved(
	options: PlanOptions & Required<Pick<PlanOptions, "source" | "target" | "state">>,
): Promise<void> {
	const hosts = new Hosts(connectHosts(readHostsFile(options.hosts)), systemClock);
	const ends = { source: options.source, target: options.target };
	const { record, knownIds } = options.stack === undefined ? rememberedIn({}) : rememberedInStack(options.stack, ends);
	const request: Request = {
		declared: { ends, lost: options.lost ?? null, knownIds },
		wish: wishFor(
			{
				state: options.state,
				...(options.syncMode === undefined
					? {}
					: { syncMode: options.syncMode === "synchronous" ? "Synchronous" : "Asynchronous" }),
				...(options.failoverTo === undefined ? {} : { to: options.failoverTo }),
				...(options.keep === undefined ? {} : { keep: options.keep }),
			},
			{ lost: options.lost ?? null, onRoleChange: "repair" },
		),
		record,
	};
	try {
		const { answer, token, sighting } = await lookAt(request, hosts, { freshness: "fresh", halves: "remove" });
		const differences = sighting.differences.map(({ what }) => what);
		const more = {
			...(token === null ? {} : { approval: token }),
			...(differences.length === 0 ? {} : { differences }),
		};
		const told = differences.map((what) => `warning: ${what}`);
		const text = options.json
			? JSON.stringify({ ...answer, ...more })
			: [...describeAnswer(answer, labelsOf(request)), ...told, ...describeToken(token, options)].join("\n");
		process.stdout.write(`${text}\n`);
	} finally {
		await hosts.close();
	}
}

/** The consent that this plan takes, and the three ways to hand it over. */
function describeToken(token: string | null, { stack }: PlanOptions): string[] {
	if (token === null) return [];
	return [
		`needs approval: ${token}`,
		"  If those writes may go, hand it over in one of these ways and run pulumi up:",
		`  - the argument approval: "${token}" of the resource,`,
		`  - pulumi config set --path 'storageReplication:approvals[0]' ${token}`,
		`  - the environment, STORAGE_REPLICATION_APPROVALS=${token}: the only way that goes with a saved plan.`,
		...(stack === undefined
			? ["  It fits a resource of which no run has changed anything yet; for any other one give --stack."]
			: []),
	];
}
