import { readHostsConfig } from "../provider/hosts/hostsConfig";
import { Expendability, ReplicationState, SyncMode } from "../provider/model/argumentValues";
import { Hazard } from "../provider/planner/plan";
import { cloneType, groupReplicationType, resourceType, snapshotType } from "../sdk/resourceType";
import type { Rule, ValidatedResource } from "./rule";
import type { Circumstances } from "./settings";
import { type ShownStep, shownPlan } from "./shownPlan";
import { describeWindow, isInside } from "./window";

const mirrors = [resourceType, groupReplicationType];
const copies = [snapshotType, cloneType];
const all = [...mirrors, ...copies];

/** The rules, as data: a pack takes them all, or those that it names. */
export const rules: readonly Rule[] = [
	{
		name: "no-data-loss-without-reason",
		description: "A plan that destroys writes needs a reason: the argument, or STORAGE_REPLICATION_REASON.",
		types: all,
		judge({ type, props }, circumstances) {
			// Of a copy a point in time may go that nobody wrote to, or its disk.
			const does = mirrors.includes(type) ? "destroys writes" : "destroys data";
			const what = saidOf(props, does, ({ hazard }) => hazard === Hazard.DataLoss);
			if (what === null || matches(circumstances.reason, reasonOf(props, circumstances))) return null;
			return `${what}, and no reason of the form ${circumstances.reason} is given. Do: give the argument reason, for example a ticket.`;
		},
	},
	{
		name: "no-role-change-outside-window",
		description: "Roles move in the windows that the pack names, and in a disaster.",
		types: mirrors,
		judge({ props }, { windows, now, lostAtAnyTime }) {
			if (windows === null || windows.some((window) => isInside(window, now))) return null;
			if (lostAtAnyTime && props.lost !== undefined) return null;
			const what = saidOf(props, "moves roles", ({ movesRoles }) => movesRoles);
			if (what === null) return null;
			return `${what}, and ${now.toISOString()} is in no window. Do: run it in one of these: ${windows.map(describeWindow).join("; ") || "there is none"}.`;
		},
	},
	{
		name: "active-needs-lag-gate",
		description: "An active relationship that may be asynchronous says how many seconds of writes a move may cost.",
		types: mirrors,
		judge({ props }, { maxDataLossSeconds: most }) {
			if ((props.state ?? ReplicationState.Active) !== ReplicationState.Active) return null;
			// A synchronous copy has no lag that a gate could measure.
			if (props.syncMode === SyncMode.Synchronous) return null;
			const gate = props.maxDataLossSeconds;
			if (gate === undefined)
				return "active, not synchronous, and without maxDataLossSeconds. Do: declare how many seconds of writes a move may cost at most.";
			if (Number(gate) <= most) return null;
			return `maxDataLossSeconds is ${String(gate)}, and ${most} are allowed. Do: lower it.`;
		},
	},
	{
		name: "asynchronous-needs-recovery-point-objective",
		description: "An asynchronous relationship declares recoveryPointObjectiveMinutes.",
		types: mirrors,
		judge({ props }) {
			if (props.syncMode !== SyncMode.Asynchronous || props.recoveryPointObjectiveMinutes !== undefined) return null;
			return "asynchronous, and without recoveryPointObjectiveMinutes. Do: declare it; only CreateReplica takes it, so before the relationship is made.";
		},
	},
	{
		name: "production-uses-no-simulator",
		description: "In production no end is at a simulated host or at one that is read from a report.",
		types: all,
		judge({ urn, props, provider }, { production }) {
			if (!matches(production, stackOf(urn))) return null;
			const source = hostOf(props.source);
			// The copy of a disk is on the host of that disk where none is named.
			const named = [source, hostOf(props.target) || source];
			if (provider === undefined)
				return `the hosts ${named.join(" and ")} are not known here, so nothing says that they are real.`;
			const hosts = readHostsConfig(provider.props["storageReplication:hosts"]);
			const unreal = named.filter((name) => hosts[name]?.kind === "simulator" || hosts[name]?.kind === "report");
			if (unreal.length === 0) return null;
			return `in the stack ${stackOf(urn)} the host ${[...new Set(unreal)].join(" and ")} is of the kind ${hosts[unreal[0] ?? ""]?.kind}. Do: correct storageReplication:hosts.`;
		},
	},
	{
		name: "deletion-needs-label",
		description: "A relationship or a copy can be deleted only if it is labelled for that: else it is protected.",
		types: all,
		judge({ type, props, opts }, { label }) {
			if (matches(label, String(props.reason ?? ""))) return null;
			if (copies.includes(type)) {
				// Pulumi protects from deletion, and an expired copy is ended by an update.
				if (opts.protect === true && props.expiresAt === undefined) return null;
				const ends = props.deletePolicy === "returnToResourcePool" ? "its disk can be deleted" : "it can be ended";
				return `${ends}, by deletion or when it expires. Do: label it: a reason of the form ${label}; or set the resource option protect: true and leave expiresAt out.`;
			}
			if (opts.protect === true) return null;
			return `it can be deleted, which ends protection. Do: set the resource option protect: true; to delete it, label it first: a reason of the form ${label}.`;
		},
	},
	{
		name: "drill-needs-expiry",
		description: "A copy that may lose everything says when it ends.",
		types: copies,
		judge({ props }) {
			if (props.expendable !== Expendability.Everything || props.expiresAt !== undefined) return null;
			return "expendable: everything, and without expiresAt: it stays until somebody thinks of it. Do: declare expiresAt.";
		},
	},
	{
		name: "expendable-everything-needs-reason",
		description: "A copy that may lose everything says why: the argument, or STORAGE_REPLICATION_REASON.",
		types: copies,
		judge({ props }, circumstances) {
			if (props.expendable !== Expendability.Everything) return null;
			if (matches(circumstances.reason, reasonOf(props, circumstances))) return null;
			return `expendable: everything lets its writes and its disk go without a token, and no reason of the form ${circumstances.reason} is given. Do: give the argument reason, for example a ticket.`;
		},
	},
];

/** That the plan does something, or may do it; null: it does not. */
function saidOf(
	{ plannedOperations }: ValidatedResource["props"],
	does: string,
	matches: (step: ShownStep) => boolean,
): string | null {
	const { steps, open } = shownPlan(plannedOperations);
	const step = steps.find(matches);
	if (step !== undefined) return `the plan ${does} (${step.line})`;
	return open === null ? null : `whether the plan ${does} is not known yet (${open})`;
}

/** `test` of a pattern with the flag g answers differently every time. */
function matches(pattern: RegExp, text: string): boolean {
	return text.search(pattern) !== -1;
}

function reasonOf({ reason }: ValidatedResource["props"], { reasonOfRun }: Circumstances): string {
	return reasonOfRun ?? String(reason ?? "");
}

/** `urn:pulumi:stack::project::type::name`. */
function stackOf(urn: string): string {
	return urn.split("::")[0]?.replace(/^urn:pulumi:/, "") ?? "";
}

function hostOf(end: unknown): string {
	return typeof end === "object" && end !== null && "host" in end ? String(end.host) : "";
}
