import { Command } from "commander";
import { type Clock, systemClock } from "../provider/executor/clock";
import { labelsOf } from "../provider/executor/describeOutlook";
import type { TransitionEvent } from "../provider/executor/events";
import { Hosts } from "../provider/executor/hosts";
import { hindranceOf, isEmptyPlan, type Outlook, stepsOf } from "../provider/executor/outlook";
import { lookPatiently } from "../provider/executor/reappearance";
import type { Request } from "../provider/executor/request";
import { TransitionStopped } from "../provider/executor/transitionEnd";
import { connectHosts } from "../provider/hosts/hostsConfig";
import type { Arguments } from "../provider/lifecycle/arguments";
import { isExpired } from "../provider/lifecycle/copyArguments";
import { removalOf } from "../provider/lifecycle/delete";
import { Course, describeStop } from "../provider/lifecycle/describeStop";
import { hostTimeFor } from "../provider/lifecycle/hostTime";
import { type Keeping, recordOnLedger, runOnLedger } from "../provider/lifecycle/onLedger";
import { describeError, ReplicationError } from "../provider/model/replicationError";
import { describeSteps } from "../provider/planner/describePlan";
import { copiesIn, type StoredCopy } from "./estate/expiring";
import { hostsInStack } from "./estate/sources";
import { exitCodes } from "./exitCodes";
import { keeping, missingToken, untilInterrupted } from "./outsidePulumi";
import { progressLine } from "./progressLine";
import { readHostsFile } from "./relationshipOptions";

interface ExpireOptions {
	readonly stack: string;
	readonly hosts?: string;
	readonly journal?: string;
	readonly dryRun?: boolean;
	readonly json?: boolean;
}

/** What became of one copy. */
export interface Expiry {
	/** Of the resource. */
	readonly name: string;
	readonly urn: string;
	/** Null: it ends by no time, or its state cannot be read. */
	readonly expiresAt: string | null;
	/**
	 * `notDue`: its time has not come, or it has none. `kept`: another resource of the stack holds the same copy, whose time
	 * has not come. `gone`: it was gone already. `planned`: --dry-run. `ended`: done and proved. `failed`: it was not ended,
	 * and `error` says why.
	 */
	readonly outcome: "notDue" | "kept" | "gone" | "planned" | "ended" | "failed";
	/** The plan, one line a step. */
	readonly plannedOperations: readonly string[];
	/** Of the plan, and of what the hosts tell in two ways. */
	readonly warnings: readonly string[];
	/** The token that the plan still needs. Null: none, or no plan was made. */
	readonly approval: string | null;
	/** With its code. Null: it did not fail. */
	readonly error: string | null;
}

/** `pulumi-storage-replication expire`: ends the copies of a stack whose time has come, for schedulers. */
export function expireCommand(): Command {
	return new Command("expire")
		.description("end the snapshots and clones of a stack whose expiresAt has come, for schedulers")
		.requiredOption("--stack <file>", "output of pulumi stack export; it is not written")
		.option("--hosts <file>", "JSON file with the content of storageReplication:hosts; default: those of the last up")
		.option("--journal <path>", "ledger, file or folder, as storageReplication:journal")
		.option("--dry-run", "show what would be sent; nothing is sent")
		.option("--json", "print JSON")
		.addHelpText(
			"after",
			`
Examples:
  pulumi stack export > stack.json
  npx pulumi-storage-replication expire --stack stack.json --dry-run
  npx pulumi-storage-replication expire --stack stack.json --hosts hosts.json

Each ends by its deletePolicy, one after another; the time is that of the host
of its source. What is gone already is well. A plan that destroys more than
expendable allows is not run: it is told with its token, for the approval of the
next pulumi up. The stack learns of it by the next pulumi up.

Exit codes: 0 what was due is gone, or --dry-run answered; 1 a copy was not
ended, or it is not known whether it is due; 2 the command line, the hosts file
or the stack export is wrong.`,
		)
		.action(async (options: ExpireOptions) => {
			const copies = copiesIn(options.stack);
			const config = options.hosts === undefined ? hostsInStack(options.stack) : readHostsFile(options.hosts);
			const hosts = new Hosts(connectHosts(config), systemClock);
			try {
				process.exitCode = await expireCopies(copies, hosts, systemClock, options);
			} finally {
				await hosts.close();
			}
		});
}

/** One after another, told as it goes; a copy that cannot be ended keeps none of the others. Returns the exit code. */
export async function expireCopies(
	copies: readonly StoredCopy[],
	hosts: Hosts,
	clock: Clock,
	options: Omit<ExpireOptions, "stack" | "hosts">,
): Promise<number> {
	const kept = await keeping(options.journal, clock);
	const expiries: Expiry[] = [];
	try {
		await untilInterrupted(async (signal) => {
			for (const copy of copies) {
				if (signal.aborted) break;
				const expiry = await expire(copy, { hosts, clock, kept, signal, options });
				expiries.push(expiry);
				if (options.json !== true) process.stdout.write(`${describeExpiry(expiry)}\n`);
			}
		});
	} finally {
		// What was ended is told also where the rest is not known.
		if (options.json === true) process.stdout.write(`${JSON.stringify(expiries)}\n`);
	}
	const isWell = expiries.length === copies.length && expiries.every(({ outcome }) => outcome !== "failed");
	return isWell ? exitCodes.done : exitCodes.failed;
}

interface Around {
	readonly hosts: Hosts;
	readonly clock: Clock;
	readonly kept: Keeping;
	readonly signal: AbortSignal;
	readonly options: Pick<ExpireOptions, "dryRun" | "json">;
}

async function expire(copy: StoredCopy, around: Around): Promise<Expiry> {
	const { urn, name, given } = copy;
	const untouched: Expiry = {
		name,
		urn,
		expiresAt: given?.copy?.expiresAt ?? null,
		outcome: "notDue",
		plannedOperations: [],
		warnings: [],
		approval: null,
		error: null,
	};
	if (given === null) return { ...untouched, outcome: "failed", error: copy.problem };
	if (untouched.expiresAt === null) return untouched;
	let planned: Outlook | null = null;
	const course = new Course();
	let request: Request | null = null;
	const seen = (): Pick<Expiry, "plannedOperations" | "warnings" | "approval"> => ({
		plannedOperations: planned === null || request === null ? [] : describeSteps(stepsOf(planned), labelsOf(request)),
		warnings: planned === null ? [] : warningsOf(planned),
		approval: planned === null ? null : missingToken(planned),
	});
	try {
		const nowMs = await hostTimeFor(given, around.hosts);
		if (!isDue(given, nowMs)) return untouched;
		if (copy.alsoHeldBy.some((other) => other.given === null || !isDue(other.given, nowMs))) {
			return { ...untouched, outcome: "kept" };
		}
		request = removalOf(copy.props, given, [], nowMs);
		if (around.options.dryRun === true) {
			const record = await recordOnLedger(around.kept, request, urn);
			planned = await lookPatiently({ ...request, record }, around.hosts, around.clock, { freshness: "fresh" });
			const hindrance = hindranceOf(planned, request.wish);
			// A missing approval is told by its token.
			if (hindrance !== null && missingToken(planned) === null) throw hindrance;
			return { ...untouched, ...seen(), outcome: isEmptyPlan(planned) ? "gone" : "planned" };
		}
		const { done } = await run(request, copy, around, (event) => {
			// What comes after the first step is planned anew, and is the end of the same plan.
			if (event.kind === "planned") planned ??= event.outlook;
			course.note(event);
		});
		return { ...untouched, ...seen(), outcome: done.length === 0 ? "gone" : "ended" };
	} catch (error) {
		const failed = { ...untouched, ...seen(), outcome: "failed" } as const;
		if (error instanceof TransitionStopped && request !== null) {
			return { ...failed, error: describeStop(error, course, request) };
		}
		if (!(error instanceof ReplicationError)) throw error;
		return { ...failed, error: describeError(error.facts) };
	}
}

function isDue({ copy }: Arguments, nowMs: number): boolean {
	return copy !== undefined && isExpired(copy, nowMs);
}

async function run(
	request: Request,
	{ urn, name }: StoredCopy,
	{ hosts, clock, kept, signal, options }: Around,
	note: (event: TransitionEvent) => void,
) {
	const progress = progressLine(request, name, process.stderr, { now: () => clock.now(), TERM: process.env.TERM });
	const report = (event: TransitionEvent) => {
		note(event);
		// Who asks for JSON reads how it ended from that.
		if (options.json !== true) progress.report(event);
	};
	try {
		return await runOnLedger(kept, { request, urn }, { hosts, clock, fence: async () => {}, report, signal });
	} finally {
		progress.clear();
	}
}

function warningsOf({ answer, sighting }: Outlook): string[] {
	const planned = answer.outcome === "plan" ? (answer.warnings ?? []) : [];
	return [...planned, ...sighting.differences.map(({ what }) => what)];
}

function describeExpiry({ name, expiresAt, outcome, plannedOperations, warnings, approval, error }: Expiry): string {
	const said = {
		notDue: expiresAt === null ? "has no expiresAt" : `ends at ${expiresAt}`,
		kept: "another resource of the stack holds the same copy, and its time has not come",
		gone: "is gone already",
		planned: "would be ended",
		ended: "was ended",
		failed: `was not ended: ${error}`,
	} satisfies Record<Expiry["outcome"], string>;
	return [
		`${name}: ${said[outcome].replace(/\s*\n\s*/g, " ")}`,
		...plannedOperations.map((line) => `  ${line}`),
		...warnings.map((warning) => `  warning: ${warning}`),
		...(approval === null ? [] : [`  needs approval: ${approval}, in the program that declares it`]),
	].join("\n");
}
