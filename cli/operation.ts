import { Command } from "commander";
import { systemClock } from "../provider/executor/clock";
import { describeSighting, labelsOf } from "../provider/executor/describeOutlook";
import type { TransitionEvent } from "../provider/executor/events";
import { Hosts } from "../provider/executor/hosts";
import type { Outlook } from "../provider/executor/outlook";
import { lookPatiently } from "../provider/executor/reappearance";
import type { Request } from "../provider/executor/request";
import { TransitionStopped } from "../provider/executor/transitionEnd";
import { connectHosts } from "../provider/hosts/hostsConfig";
import { Course, describeStop } from "../provider/lifecycle/describeStop";
import { type Keeping, recordOnLedger, runOnLedger } from "../provider/lifecycle/onLedger";
import type { Operation } from "../provider/model/relationship";
import { ReplicationError } from "../provider/model/replicationError";
import { describeAnswer } from "../provider/planner/describePlan";
import { exitCodes } from "./exitCodes";
import { OperationLog } from "./operationLog";
import { type OperationOptions, parseOperation, refuseUnnoticed, requestFor, withOptions } from "./operationOptions";
import { keeping, missingToken, tell, untilInterrupted } from "./outsidePulumi";
import { progressLine } from "./progressLine";
import { readHostsFile } from "./relationshipOptions";

/** `pulumi-storage-replication operation`: one of the 22 by name or number, planned, consented to, sent and proved. */
export function operationCommand(): Command {
	return withOptions(
		new Command("operation")
			.description("send one operation of SetReplicationRelationship, with the guards of a plan: shown, sent, proved")
			.argument("<operation>", "its name, or its number from 2 to 23", parseOperation),
	)
		.addHelpText(
			"after",
			`
Examples:
  npx pulumi-storage-replication operation Suspend --hosts hosts.json \\
    --source east:Orders --target west:Orders-DR --dry-run
  npx pulumi-storage-replication operation 22 --hosts hosts.json \\
    --source east:Orders --target west:Orders-DR
  npx pulumi-storage-replication operation Failover --hosts hosts.json \\
    --source east:Orders --target west:Orders-DR --lost source \\
    --outside-pulumi --reason "CHG-4711" --approve 1f2e-3d4c-5b6a
  npx pulumi-storage-replication operation AddSyncPair --hosts hosts.json \\
    --source-group east:Sales --target-group west:Sales-DR --pair Stock=Stock-DR

The plan is that one step, or nothing where it is there already, or a refusal.
Failover, Failback, ReverseRoles and RestoreFromReplica take --outside-pulumi
and --reason: a program that manages the relationship learns nothing of them.

Exit codes: 0 it was done and proved, it is there already, or --dry-run answered
(a refusal is an answer); 1 it was refused, its approval is missing, or it
stopped: one line on standard error says why; 2 the command line, the hosts file
or the log file is wrong, or --outside-pulumi or --reason is missing.`,
		)
		.action(async (operation: Operation, options: OperationOptions) => {
			const request = requestFor(operation, options);
			if (options.dryRun !== true) refuseUnnoticed(operation, options);
			const hosts = new Hosts(connectHosts(readHostsFile(options.hosts)), systemClock);
			try {
				const kept = await keeping(options.journal, systemClock);
				if (options.dryRun === true) await show(request, hosts, kept, options);
				else await perform(request, hosts, kept, options);
			} finally {
				await hosts.close();
			}
		});
}

async function show(request: Request, hosts: Hosts, kept: Keeping, { json }: OperationOptions): Promise<void> {
	const record = await recordOnLedger(kept, request, "");
	const outlook = await lookPatiently({ ...request, record }, hosts, systemClock, { freshness: "fresh" });
	print(json ? JSON.stringify(planAsJson(outlook)) : describePlan(outlook, request));
}

async function perform(request: Request, hosts: Hosts, kept: Keeping, options: OperationOptions): Promise<void> {
	const log = new OperationLog(options.log, request);
	const course = new Course();
	const progress = progressLine(request, request.declared.ends.source.virtualDisk, process.stderr, {
		now: () => systemClock.now(),
		TERM: process.env.TERM,
	});
	let planned: Outlook | null = null;
	const report = (event: TransitionEvent) => {
		if (event.kind === "planned") {
			planned = event.outlook;
			// A refusal is told once, by the error that it ends in.
			if (options.json !== true && event.outlook.answer.outcome === "plan") print(describePlan(event.outlook, request));
		}
		course.note(event);
		log.note(event);
		// Who asks for JSON reads how it ended from that.
		if (options.json !== true) progress.report(event);
	};
	const end = (after: Outlook | null, stop: ReplicationError | null) => {
		if (after !== null) log.write(after, stop);
		if (options.json === true && planned !== null) print(JSON.stringify(runAsJson(planned, after, stop)));
	};
	const fence = async () => {};
	try {
		const { outlook } = await untilInterrupted((signal) =>
			runOnLedger(
				kept,
				{ request, urn: "", why: request.wish.reason },
				{ hosts, clock: systemClock, fence, report, signal },
			),
		);
		end(outlook, null);
		if (options.json !== true) print(`now: ${describeSighting(outlook)}`);
	} catch (error) {
		progress.clear();
		if (error instanceof ReplicationError) end(planned, error);
		if (!(error instanceof TransitionStopped)) throw error;
		end(error.outlook, error.reason);
		tell(describeStop(error, course, request));
		process.exitCode = exitCodes.failed;
	}
}

function describePlan(outlook: Outlook, request: Request): string {
	const { answer, sighting } = outlook;
	const token = missingToken(outlook);
	return [
		...describeAnswer(answer, labelsOf(request)),
		...sighting.differences.map(({ what }) => `warning: ${what}`),
		...(token === null
			? []
			: [`needs approval: ${token}`, `  If those writes may go: run it with --approve ${token}, within the hour.`]),
	].join("\n");
}

function planAsJson(outlook: Outlook): object {
	const { answer, sighting } = outlook;
	const token = missingToken(outlook);
	const differences = sighting.differences.map(({ what }) => what);
	return {
		...answer,
		...(token === null ? {} : { approval: token }),
		...(differences.length === 0 ? {} : { differences }),
	};
}

function runAsJson(planned: Outlook, after: Outlook | null, stop: ReplicationError | null): object {
	return {
		...planAsJson(planned),
		before: describeSighting(planned),
		after: after === null ? null : describeSighting(after),
		stop: stop === null ? null : stop.facts,
	};
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}
