import { mayBeHalfRestored } from "../executor/behindRestore";
import { lossesOf } from "../executor/consent";
import { labelsOf } from "../executor/describeOutlook";
import { ailmentOf } from "../executor/health";
import { hindranceOf, type Outlook } from "../executor/outlook";
import type { Request } from "../executor/request";
import { currentSource, currentTarget, ends, type PerEnd } from "../model/relationship";
import { describeError, type ReplicationError } from "../model/replicationError";
import { describeAnswer, describeIds, describeStep, type EndLabel } from "../planner/describePlan";
import { wholeFor } from "../planner/neighbours";
import { isFailedOver } from "../planner/phase";
import type { Answer, Loss, Step } from "../planner/plan";
import { adviceBefore } from "./advice";
import type { ResourceLog } from "./engineLog";

/** The plan as `plannedOperations` shows it: one line a step, none when there is nothing to do. */
export function plannedLines(answer: Answer, labels: PerEnd<EndLabel>): string[] {
	if (answer.outcome === "plan" && answer.steps.length === 0) return [];
	return describeAnswer(answer, labels).filter((line) => !line.startsWith("warning: "));
}

/** What check writes in the plan's place where there is none. */
export function lineOfError({ code, what }: Pick<ReplicationError["facts"], "code" | "what">): string {
	return `${code}: ${what}`;
}

/** What a person has to know before the plan runs: what it does, what it takes, and what consents to it. */
export function announcePlan(outlook: Outlook, request: Request, log: ResourceLog): void {
	const { answer } = outlook;
	if (answer.outcome === "plan" && answer.steps.length > 0) {
		const lines = plannedLines(answer, labelsOf(request));
		log.info(lines.length === 1 ? `plan: ${lines[0]}` : ["plan:", ...lines.map((line) => `  ${line}`)].join("\n"));
	}
	for (const { what } of outlook.sighting.differences) log.warning(`${what}.`);
	const silent = ends.filter((end) => end !== request.declared.lost && outlook.sighting.unread[end] !== null);
	for (const end of silent) log.warning(outlook.sighting.unread[end]?.message ?? "");
	for (const warning of answer.outcome === "plan" ? (answer.warnings ?? []) : []) {
		// The error that kept an end from being read says more than that it could not be.
		if (silent.length === 0 || !warning.includes("cannot be read")) log.warning(warning);
	}
	for (const warning of [...servesUnseen(outlook, request), ...readsBroken(outlook, request)]) log.warning(warning);
	const hindrance = hindranceOf(outlook, request.wish);
	const asksConsent = outlook.consent?.by === "nothing" && hindrance?.facts.property === "approval";
	if (!asksConsent) for (const ailment of ailmentsIn(outlook, request)) log.warning(ailment);
	if (asksConsent) {
		log.warning(describeLosses(outlook, request));
	} else if (hindrance !== null) {
		log.warning(describeError(hindrance.facts));
	} else if (outlook.consent?.by === "lag") {
		const { lagSeconds, maxDataLossSeconds } = outlook.consent;
		log.info(
			`recent writes may go: the target is ${lagSeconds} s behind, ${maxDataLossSeconds} s are allowed; measured again right before.`,
		);
	}
}

/**
 * What serves after a failover may be the beginning of a copy, which was told when it began to serve: that a copy of it
 * replaces the other disk, perhaps the only whole one, has to be told as well. A run that was killed knows nothing of it.
 */
function servesUnseen({ answer, situation: { observed } }: Outlook, request: Request): string[] {
	const steps = answer.outcome === "plan" ? answer.steps : [];
	const goesBack = steps.some(
		(step) => step.kind === "operation" && (step.operation === "Failback" || step.operation === "ReverseRoles"),
	);
	const subjects = (observed.members ?? [observed]).map((each) => ({ ...observed, ...each }));
	const unseen = subjects.filter((each) => isFailedOver(each) && each.targetConsistent === null);
	if (!goesBack || unseen.length === 0) return [];
	const labels = labelsOf(request);
	const [serving, other] = [currentTarget(observed.direction), currentSource(observed.direction)];
	return [
		`nobody saw the copy on ${labels[serving].disk} complete before it began to serve: check its data before it is copied over ${labels[other].disk}`,
	];
}

/** A restore that broke off left half a disk, and whoever asked for it need not be this resource: only its copy's state shows. */
function readsBroken({ answer, standing, predictions, situation: { observed } }: Outlook, request: Request): string[] {
	const steps = answer.outcome === "plan" ? answer.steps : [];
	const read = steps.flatMap((step, index) => {
		const begins = index === 0 ? standing : predictions[index - 1];
		const needed = begins == null ? null : wholeFor(step, begins);
		return needed !== null && mayBeHalfRestored(needed, observed) ? [labelsOf(request)[needed.end].disk] : [];
	});
	return [...new Set(read)].map(
		(disk) =>
			`a copy of ${disk} is Broken: if a restore from it broke off, ${disk} is half a disk; check it before it is copied`,
	);
}

/** Whose writes would go, how old they may be, what to do first, and the token. */
function describeLosses(outlook: Outlook, request: Request): string {
	const labels = labelsOf(request);
	const steps = outlook.answer.outcome === "plan" ? outlook.answer.steps : [];
	const isOfWrites = lossesOf(steps).every(({ what }) => what === undefined);
	const losses = steps.flatMap((step, index) => {
		if (step.kind === "wait" || step.loses === undefined) return [];
		const { disk, host } = labels[step.loses.end];
		const own = step.pairs ?? step.members ?? step.loses.members;
		const whose = own === undefined ? "" : `, for ${describeIds(own)} alone`;
		return [
			`  step ${index + 1}, ${describeStep(step, labels)}: ${disk} at ${host} ${describeLoss(step.loses)}${whose}.`,
		];
	});
	const since =
		request.record === null ? "" : ` The last run left it ${request.record.copyState}, ${request.record.direction}.`;
	return [
		`this plan destroys ${isOfWrites ? "writes" : "data"} and needs approval${describeGiven(request)}.${since}`,
		...losses,
		...ailmentsIn(outlook, request).map((ailment) => `  ${ailment}`),
		`  First: ${adviceFor(steps, outlook, labels)}`,
		`  Then, if ${isOfWrites ? "those writes" : "that"} may go: approval: "${outlook.token}" (argument, storageReplication:approvals, or STORAGE_REPLICATION_APPROVALS).`,
	].join("\n");
}

function describeLoss({ what, age }: Loss): string {
	switch (what) {
		case "pointInTime":
			return "loses its point in time";
		case "disk":
			return "is deleted, with all that it holds";
		case undefined:
			return age === "recent" ? "loses its most recent writes" : "loses all writes that only it holds, of any age";
		default:
			return what satisfies never;
	}
}

/** Disks that are not well, named: nobody should give writes up for what cannot serve. */
function ailmentsIn({ sighting: { disks } }: Outlook, request: Request): string[] {
	return ends.flatMap((end) => {
		const ailment = ailmentOf(disks[end]);
		if (ailment === null) return [];
		const { disk, host } = labelsOf(request)[end];
		return [`${disk} at ${host} is not well: ${ailment}.`];
	});
}

/** A wrong or used-up token is told apart from none; which plan it would have fitted is not known. */
function describeGiven({ wish: { approvals } }: Request): string {
	if (approvals.length === 0) return "";
	return `: none of the ${approvals.length} tokens given fits this plan`;
}

/** Of the first step that destroys anything: what is lost after it cannot be saved before it. */
function adviceFor(
	steps: readonly Step[],
	{ situation, standing, predictions }: Outlook,
	labels: PerEnd<EndLabel>,
): string {
	const { direction, reachable, readOnly, tailUntold, members } = situation.observed;
	const isUntold = tailUntold === true || members?.some((member) => member.tailUntold === true);
	const untold = isUntold === true ? { untold: readOnly } : {};
	for (const [index, step] of steps.entries()) {
		const before = index === 0 ? standing : predictions[index - 1];
		const advice = adviceBefore(step, { copyState: "absent", direction, ...before, reachable, ...untold }, labels);
		if (advice !== null) return advice;
	}
	return "nothing.";
}
