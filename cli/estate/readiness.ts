import { lossesOf } from "../../provider/executor/consent";
import type { Hosts } from "../../provider/executor/hosts";
import { lookAt, type Outlook } from "../../provider/executor/outlook";
import type { Request } from "../../provider/executor/request";
import { wishFor } from "../../provider/executor/wish";
import { errorCodes } from "../../provider/model/errorCodes";
import { type End, otherEnd } from "../../provider/model/relationship";
import { ReplicationError } from "../../provider/model/replicationError";
import type { Hazard, Step } from "../../provider/planner/plan";
import type { Desired } from "../../provider/planner/situation";
import type { Readiness, Seen } from "./estate";

/** Both questions of the night: what if the serving site is lost now, and could it be moved in order. */
export interface BothReadinesses {
	readonly failover: Readiness;
	readonly switchOver: Readiness;
}

/**
 * Asks the planner for both, by the same look as preview and update take: nothing is sent, and readings are shared. Of a
 * failover the host of the serving disk is not asked, as it would not be by then.
 */
export async function readinessOf(request: Request, seen: Seen | null, hosts: Hosts): Promise<BothReadinesses> {
	if (request.declared.kind !== undefined) return neither(noRoles);
	if (seen === null) return neither(notKnown("it could not be read"));
	if (seen.presence === "absent") return neither(noRelationship);
	const { serving, contradiction, lagSeconds } = seen;
	if (contradiction !== null) return neither(notKnown(contradiction));
	if (serving === null) return neither(notKnown("no host says which disk is the source"));
	const { lost } = request.declared;
	const [failover, switchOver] = await Promise.all([
		failoverOf(request, serving, lagSeconds, hosts),
		ask(request, lost, { state: serving === "source" ? "reversed" : "active" }, lagSeconds, hosts),
	]);
	return { failover, switchOver };
}

/** Whether the other end could take over if this one were lost now. */
export async function failoverOf(
	request: Request,
	serving: End,
	lagSeconds: number | null,
	hosts: Hosts,
): Promise<Readiness> {
	const to = otherEnd(serving);
	if (request.declared.lost === to) {
		return refused(errorCodes.noEndReachable, `the ${to} is declared lost`, "remove lost when it is back");
	}
	const readiness = await ask(request, serving, { state: "failedOver", to }, lagSeconds, hosts);
	if (readiness.answer !== "ready" && readiness.answer !== "doubtful") return readiness;
	// That what is lost cannot be read is what was asked.
	const warnings = readiness.warnings.filter((warning) => !warning.includes("cannot be read"));
	return { ...readiness, answer: warnings.length === 0 ? "ready" : "doubtful", warnings };
}

export function neither(readiness: Readiness): BothReadinesses {
	return { failover: readiness, switchOver: readiness };
}

export const noRoles: Readiness = { answer: "noQuestion", what: "a point-in-time copy has no roles to move" };

export function notKnown(what: string): Readiness {
	return { answer: "notKnown", what };
}

function refused(code: string, what: string, remedy: string): Readiness {
	return { answer: "refused", code, what, remedy };
}

const noRelationship = refused(
	errorCodes.relationshipAbsent,
	"there is no relationship, and so no copy to go to",
	"declare active, which creates it",
);

async function ask(
	request: Request,
	lost: End | null,
	desired: Desired,
	lagSeconds: number | null,
	hosts: Hosts,
): Promise<Readiness> {
	const { maxDataLossSeconds } = request.wish;
	const wish = wishFor(desired, { lost, onRoleChange: "repair", maxDataLossSeconds });
	const asked = { ...request, declared: { ...request.declared, lost }, wish };
	try {
		return readinessIn(await lookAt(asked, hosts, { freshness: "cached" }), lagSeconds);
	} catch (error) {
		if (!(error instanceof ReplicationError)) throw error;
		const { code, class: errorClass, what, remedy } = error.facts;
		return errorClass === "transport" || errorClass === "internal"
			? notKnown(error.message)
			: refused(code, what, remedy);
	}
}

function readinessIn({ answer, consent }: Outlook, lagSeconds: number | null): Readiness {
	if (answer.outcome === "refused") return refused(answer.code, answer.reason, answer.alternative);
	// What is in flight may end anywhere.
	if (answer.replan === true) return notKnown(answer.steps.map(({ why }) => why).join("; "));
	const warnings = [...(answer.warnings ?? [])];
	return {
		answer: warnings.length === 0 ? "ready" : "doubtful",
		operations: answer.steps.filter(({ kind }) => kind !== "wait").length,
		hazard: worstHazard(answer.steps),
		loses: lossesOf(answer.steps),
		needsConsent: consent?.by === "nothing",
		lagSeconds,
		warnings,
	};
}

const hazards: readonly Hazard[] = ["none", "availability", "protectionLoss", "dataLoss"];

function worstHazard(steps: readonly Step[]): Hazard {
	const ranks = steps.map((step) => (step.kind === "wait" ? 0 : hazards.indexOf(step.hazard)));
	return hazards[Math.max(0, ...ranks)] ?? "none";
}
