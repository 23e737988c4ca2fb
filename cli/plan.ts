import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Command, Option } from "commander";
import { systemClock } from "../provider/executor/clock";
import { nothingAsked } from "../provider/executor/copyWish";
import { labelsOf } from "../provider/executor/describeOutlook";
import { Hosts } from "../provider/executor/hosts";
import { lookAt } from "../provider/executor/outlook";
import type { Request } from "../provider/executor/request";
import { wishFor } from "../provider/executor/wish";
import { connectHosts } from "../provider/hosts/hostsConfig";
import { rememberedIn } from "../provider/lifecycle/outputs";
import type { PerEnd } from "../provider/model/relationship";
import { describeAnswer, type EndLabel } from "../provider/planner/describePlan";
import type { Answer } from "../provider/planner/plan";
import { planTransition } from "../provider/planner/planTransition";
import { readSituation } from "../provider/planner/readSituation";
import { exitCodes } from "./exitCodes";
import { linesOf, maxLineBytes } from "./lines";
import {
	addPair,
	type EndOptions,
	endsIn,
	kinds,
	readHostsFile,
	unreadableFile,
	withEnds,
} from "./relationshipOptions";
import { rememberedInStack } from "./stackExport";

const states = [
	...(["active", "suspended", "reversed", "failedOver", "split", "absent"] as const),
	...(["inactive", "detached"] as const),
];

/**
 * `pulumi-storage-replication plan`: situations in, plans out, without Pulumi and without an array; or the plan for one
 * relationship that is observed now.
 */
export function planCommand(): Command {
	return withEnds(
		new Command("plan")
			.description("plan a transition: situations as JSON lines, or one relationship observed now")
			.argument("[file]", "situations, one JSON object a line; default: standard input")
			.option("--json", "answer in JSON lines, in the order asked"),
	)
		.addOption(new Option("--state <state>", "the wish; with it one relationship is observed").choices(states))
		.addOption(new Option("--kind <kind>", "what the relationship is").choices(Object.keys(kinds)).default("mirror"))
		.addOption(new Option("--consistency <wish>", "of groups").choices(["true", "false"]))
		.option("--pair <disk=disk>", "of groups: a pair that is to be in them; may be repeated", addPair)
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
  npx pulumi-storage-replication plan --hosts hosts.json --state failedOver \\
    --lost source --source-group east:Sales --target-group west:Sales-DR
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
			const { source, target, sourceGroup, targetGroup, state } = options;
			if ([source, target, sourceGroup, targetGroup, state].every((given) => given === undefined))
				return planLines(file, options.json === true);
			const ends = endsIn(options);
			const isOfPair = ends?.source.subject !== "group";
			if (isOfPair && (options.pair !== undefined || options.consistency !== undefined)) {
				command.error("error: --pair and --consistency are of groups", { exitCode: exitCodes.usage });
			}
			if (ends === null || state === undefined) {
				command.error(
					"error: --state, and --source and --target, or --source-group and --target-group, belong together",
					{
						exitCode: exitCodes.usage,
					},
				);
			}
			await planObserved(ends, state, options);
		});
}

interface PlanOptions extends EndOptions {
	readonly json?: boolean;
	readonly kind: keyof typeof kinds;
	readonly state?: (typeof states)[number];
	readonly consistency?: "true" | "false";
	readonly pair?: readonly PerEnd<string>[];
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
	ends: Request["declared"]["ends"],
	state: (typeof states)[number],
	options: PlanOptions,
): Promise<void> {
	const hosts = new Hosts(connectHosts(readHostsFile(options.hosts)), systemClock);
	const { kind, pair } = options;
	const stored = ends.source.subject === "group" ? "Group" : kinds[kind];
	const { record, knownIds } =
		options.stack === undefined ? rememberedIn({}) : rememberedInStack(options.stack, ends, stored);
	const ofKind = kind === "mirror" ? {} : { kind: kinds[kind] };
	const request: Request = {
		declared: {
			ends,
			lost: options.lost ?? null,
			knownIds,
			...ofKind,
			...(pair === undefined ? {} : { pairs: pair }),
		},
		wish: wishFor(
			{
				...ofKind,
				state,
				...(options.consistency === undefined ? {} : { consistency: options.consistency === "true" }),
				...(options.syncMode === undefined
					? {}
					: { syncMode: options.syncMode === "synchronous" ? "Synchronous" : "Asynchronous" }),
				...(options.failoverTo === undefined ? {} : { to: options.failoverTo }),
				...(options.keep === undefined ? {} : { keep: options.keep }),
			},
			{
				lost: options.lost ?? null,
				onRoleChange: "repair",
				...(kind === "mirror" ? {} : { copy: nothingAsked }),
			},
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
