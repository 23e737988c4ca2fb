import { type Command, InvalidArgumentError, Option } from "commander";
import { nothingAsked } from "../provider/executor/copyWish";
import type { Request } from "../provider/executor/request";
import { defaultLimits, wishFor } from "../provider/executor/wish";
import { errorCodes } from "../provider/model/errorCodes";
import type { Operation, PerEnd } from "../provider/model/relationship";
import { ReplicationError } from "../provider/model/replicationError";
import { virtualDiskSetReplicationRelationshipOperation as operationCodes } from "../provider/model/vocabulary/operations";
import { movesRoles } from "../provider/planner/operations";
import { addPair, type EndOptions, endsIn, kinds, withEnds } from "./relationshipOptions";
import { durationMs } from "./simulatorValues";

export interface OperationOptions extends EndOptions {
	readonly pair?: readonly PerEnd<string>[];
	readonly kind: keyof typeof kinds;
	readonly keep?: "source" | "target";
	readonly lost?: "source" | "target";
	readonly hosts?: string;
	readonly approve?: string;
	readonly timeout?: number;
	readonly dryRun?: boolean;
	readonly outsidePulumi?: boolean;
	readonly reason?: string;
	readonly log?: string;
	readonly journal?: string;
	readonly json?: boolean;
}

export function withOptions(command: Command): Command {
	return withEnds(command)
		.option("--pair <disk=disk>", "AddSyncPair, RemoveSyncPair: source and target of a pair; may be repeated", addPair)
		.addOption(new Option("--kind <kind>", "what the relationship is").choices(Object.keys(kinds)).default("mirror"))
		.addOption(new Option("--keep <end>", "the end whose older writes may not go").choices(["source", "target"]))
		.addOption(new Option("--lost <end>", "an end that is lost: it is not contacted").choices(["source", "target"]))
		.option("--hosts <file>", "JSON file with the content of storageReplication:hosts")
		.option("--dry-run", "show the plan and its token; nothing is sent")
		.option("--approve <token>", "consent to a plan that destroys writes, as it was printed; fits for an hour")
		.option("--timeout <time>", "how long it may take: minutes, or 90s, 30m, 2h", minutesOrDuration)
		.option("--outside-pulumi", "you know that a program which manages the relationship learns nothing of it")
		.option("--reason <text>", "why, for the log and the ledger")
		.option("--log <file>", "append the line of what was sent here; default: standard error")
		.option("--journal <path>", "ledger, file or folder, as storageReplication:journal")
		.option("--json", "print JSON");
}

/** By its name, in any case, or by its number in the reference. */
export function parseOperation(value: string): Operation {
	const names = Object.keys(operationCodes) as Operation[];
	const found = names.find(
		(name) => name.toLowerCase() === value.toLowerCase() || String(operationCodes[name]) === value,
	);
	if (found !== undefined) return found;
	throw new InvalidArgumentError(`expected 2 to 23, or one of ${names.join(", ")}.`);
}

function minutesOrDuration(value: string): number {
	return durationMs(/^\d+(?:\.\d+)?$/.test(value) ? `${value}m` : value);
}

/** Two disks, or two groups. */
function endsOf(options: OperationOptions): Request["declared"]["ends"] {
	const ends = endsIn(options);
	if (ends !== null && (options.pair === undefined || ends.source.subject === "group")) return ends;
	throw new ReplicationError({
		code: errorCodes.invalidCommandLine,
		class: "user",
		what: "which relationship is meant is not told: two disks, or two groups of a mirror.",
		dataSafety: "yes, nothing was contacted.",
		remedy:
			"give --source and --target; or --source-group and --target-group, with --pair for AddSyncPair and RemoveSyncPair.",
	});
}

/** One wish like any other, of which nothing is remembered: the command has no state. */
export function requestFor(operation: Operation, options: OperationOptions): Request {
	const { kind, keep, lost = null, approve, timeout, reason, pair } = options;
	const limits = timeout === undefined ? defaultLimits : { transitionMs: timeout, syncMs: timeout, deleteMs: timeout };
	const ofKind = kind === "mirror" ? {} : { kind: kinds[kind] };
	return {
		declared: {
			ends: endsOf(options),
			lost,
			knownIds: { source: null, target: null },
			...ofKind,
			...(pair === undefined ? {} : { pairs: pair }),
		},
		wish: wishFor(
			{ ...ofKind, state: "operation", operation, ...(keep === undefined ? {} : { keep }) },
			{
				lost,
				limits,
				approvals: approve === undefined ? [] : [approve],
				// What is said of this run comes before what is said of all.
				reason: reason || process.env.STORAGE_REPLICATION_REASON || null,
				...(kind === "mirror" ? {} : { copy: nothingAsked }),
			},
		),
		record: null,
	};
}

/**
 * What moves roles, and what overwrites the source: the record of a program that manages the relationship learns nothing
 * of it, and its next run stops or plans it back, so whoever does it has to know.
 */
export function refuseUnnoticed(operation: Operation, { outsidePulumi, reason }: OperationOptions): void {
	if (!movesRoles(operation) && operation !== "RestoreFromReplica") return;
	const hasReason = reason !== undefined && reason.trim() !== "";
	if (outsidePulumi === true && hasReason) return;
	const missing = [...(outsidePulumi === true ? [] : ["--outside-pulumi"]), ...(hasReason ? [] : ["--reason"])];
	throw new ReplicationError({
		code: errorCodes.outsidePulumiMissing,
		class: "user",
		what: `${operation} (${operationCodes[operation]}) is not sent without ${missing.join(" and ")}: a program that manages this relationship learns nothing of it, and its next run stops (SR5003) or moves the roles back.`,
		dataSafety: "yes, nothing was contacted.",
		remedy: `declare the state that is meant and run pulumi up; or, if it has to be done outside the program, give --outside-pulumi and --reason "…".`,
	});
}
