import type { CopyState } from "../../provider/model/relationship";
import { planTransition } from "../../provider/planner/planTransition";
import type { Candidate, Desired, Member, Neighbour, Situation } from "../../provider/planner/situation";

/** One piece of advice as people are told it, and what the situation is when they have done it. */
export type Advice = readonly [RegExp, (situation: Situation, found: RegExpExecArray) => Situation];

type State = Desired["state"];
type End = "source" | "target";

/** The wish with this in place of what it said of its state; a declared state asks for no operation. */
export const wish = (situation: Situation, desired: Partial<Desired>): Situation => {
	const { to: _, by: __, operation: ___, ...kept } = situation.desired;
	return { ...situation, desired: { ...kept, ...desired } };
};
const without = <Key extends keyof Desired>(situation: Situation, ...keys: readonly Key[]): Situation => ({
	...situation,
	desired: Object.fromEntries(
		Object.entries(situation.desired).filter(([key]) => !(keys as readonly string[]).includes(key)),
	) as unknown as Desired,
});

/** What is seen of the relationship then. */
export const see = (situation: Situation, observed: Partial<Situation["observed"]>): Situation => ({
	...situation,
	observed: { ...situation.observed, ...observed },
});
/** The same of its disks: of a group, those of each member. */
const seeDisks = (situation: Situation, facts: Partial<Omit<Member, "id" | "read">>): Situation =>
	see(situation, {
		...facts,
		...(situation.observed.members == null
			? {}
			: { members: situation.observed.members.map((member) => ({ ...member, ...facts })) }),
	});
const seeBeside = (situation: Situation, change: (one: Neighbour) => Partial<Neighbour> | null): Situation =>
	see(situation, {
		neighbours: (situation.observed.neighbours ?? []).flatMap((one) => {
			const changed = change(one);
			return changed === null ? [] : [{ ...one, ...changed }];
		}),
	});

const both = { source: true, target: true };
const serving = ({ observed }: Situation): End => (observed.direction === "forward" ? "target" : "source");
const otherEnd = (end: End): End => (end === "source" ? "target" : "source");

/** Where what was in transit, or half done, has come to rest. */
const settled = (situation: Situation): Situation =>
	see(seeDisks(situation, { progressStatus: "Completed", ...complete }), { job: null });
const complete = { copyState: "Synchronized", targetConsistent: true } as const;

export const advice: readonly Advice[] = [
	[/restore contact to (?:both hosts|one of the two hosts|the (?:source|target))/i, (s) => see(s, { reachable: both })],
	[
		/bring the (?:source|target) back, remove lost and declare (active|reversed)/i,
		(s, [, state]) => wish(see(s, { reachable: both }), { state: state as State }),
	],
	[/bring the (?:source|target) back(?:,? so that| and run again)/i, (s) => see(s, { reachable: both })],
	[/declare failedOver and lost: (?:source|target)/i, (s) => wish(s, { state: "failedOver", to: serving(s) })],
	[/declare lost: (?:source|target) and delete the resource/i, (s) => wish(s, { state: "absent" })],
	[/(?:; if it is gone for good, |, or |^)delete the resource/i, (s) => wish(s, { state: "absent" })],
	[
		/run pulumi state delete on this resource and declare it again/i,
		(s) => wish(see(s, { vanished: false, reachable: both }), { state: "active" }),
	],
	[/make the sources? read-only first/i, (s) => seeDisks(s, { readOnly: both })],
	[/make the target read-only first/i, (s) => seeDisks(s, { readOnly: { ...s.observed.readOnly, target: true } })],
	[/repair that disk first/i, (s) => seeDisks(s, { usable: both })],
	[
		/with deletePolicy: (detach|dissolve)/i,
		(s, [, by]) => wish(s, { state: "absent", by: by === "detach" ? "Detach" : "Dissolve" }),
	],
	[/end the relationship \(destroy/i, (s) => wish(s, { state: "absent" })],
	[
		/declare (active|reversed) and keep: (source|target)/i,
		(s, [, state, keep]) => wish(s, { state: state as State, keep: keep as End }),
	],
	[/declare keep: (source|target)/i, (s, [, keep]) => ({ ...s, desired: { ...s.desired, keep: keep as End } })],
	[
		/(?:declare keep: the other end|keep the other end)/i,
		(s) => ({ ...s, desired: { ...s.desired, keep: otherEnd(s.desired.keep ?? otherEnd(serving(s))) } }),
	],
	[/take keep away/i, (s) => without(s, "keep")],
	[/declare (active) or (?:reversed)/i, (s) => wish(s, { state: "active" })],
	[/declare (?:active or )(reversed)/i, (s) => wish(s, { state: "reversed" })],
	[/declare (active|reversed) without keep/i, (s, [, state]) => wish(without(s, "keep"), { state: state as State })],
	[
		/(?<!back and |away and )declare (active|suspended|inactive|detached|reversed|split|failedOver)(?! or| and| without)/i,
		(s, [, state]) => wish(s, { state: state as State, ...(state === "failedOver" ? { to: serving(s) } : {}) }),
	],
	// Of what is no wish for the kind, and of the kind itself.
	[
		/declare a state that it has/i,
		(s) => {
			const fitting = without(s, "consistency", "pairs");
			const isMirror = (s.desired.kind ?? "Mirror") === "Mirror";
			return wish(isMirror ? without(fitting, "retake", "restore") : fitting, { state: "active" });
		},
	],
	[
		/declare what it is, or another target/i,
		(s) => {
			const { syncType } = s.observed;
			if (typeof syncType !== "string") return see(s, { presence: "absent", copyState: "NotApplicable" });
			return wish(without(s, "retake", "restore"), { kind: syncType, state: "active" });
		},
	],
	[
		/declare another pair of disks/i,
		(s) => see(wish(s, { state: "active" }), { presence: "absent", vanished: false, reachable: both }),
	],
	// Of what is asked once.
	[/take the restore label away(?! and declare)/i, (s) => without(s, "restore")],
	[
		/(?:(set triggers back)(?:, | and ))?(?:(take the restore label away) and )?(?<=back and |away and )declare (active|suspended|inactive|detached)/i,
		(s, [, triggers, label, state]) =>
			wish(
				without(
					s,
					...(triggers === undefined ? [] : (["retake"] as const)),
					...(label === undefined ? [] : (["restore"] as const)),
				),
				{ state: state as State },
			),
	],
	[
		/change triggers/i,
		(s) =>
			see(
				{ ...s, desired: { ...s.desired, retake: true } },
				{ done: { restore: true, ...s.observed.done, retake: false } },
			),
	],
	// Of other relationships of the two disks.
	[/end that relationship first/i, (s) => seeBeside(s, () => null)],
	[
		/declare that mirror split first/i,
		(s) =>
			seeBeside(s, ({ at, role, syncType }) =>
				at === "source" && role === "source" && syncType === "Mirror"
					? { copyState: "Split", progressStatus: "Completed" }
					: {},
			),
	],
	[
		/fail the mirror over first/i,
		(s) =>
			seeBeside(s, ({ role, syncType }) =>
				role === "target" && syncType === "Mirror" ? { copyState: "Failedover", progressStatus: "Completed" } : {},
			),
	],
	[/copy the other end of that relationship instead/i, (s) => seeBeside(s, ({ at }) => (at === "source" ? null : {}))],
	[
		/wait until the mirror is Synchronized/i,
		(s) => seeBeside(s, ({ syncType }) => (syncType === "Mirror" ? { ...complete, progressStatus: "Completed" } : {})),
	],
	[/wait for the restore, then run again/i, (s) => seeBeside(s, () => ({ progressStatus: "Completed" }))],
	// Of one operation by name.
	[/wait until it has settled/i, settled],
	[/let the copy complete first/i, settled],
	[/copy the whole disk over it first/i, (s) => seeDisks(s, { sourceConsistent: true })],
	[/Failback (?:or ReverseRoles )?leads? on from here/i, (s) => wish(s, { state: "operation", operation: "Failback" })],
	// Of groups.
	[/declare the groups as a GroupReplication/i, (s) => see(s, { group: null, subject: "group", members: null })],
	[/take the pair out of the group first/i, (s) => see(s, { group: null })],
	[
		/find out why that disk cannot be read/i,
		(s) => see(s, { members: s.observed.members?.map((member) => ({ ...member, read: true })) ?? null }),
	],
	[/leave consistency out/i, (s) => without(s, "consistency")],
	[/leave pairs as found/i, (s) => without(s, "pairs")],
	[
		/bring it to the direction and mode of the group first, and to (\w+)/i,
		(s, [, state]) =>
			see(s, { candidates: s.observed.candidates?.map((one) => asTheGroup(one, s, state as CopyState)) }),
	],
	[
		/bring the members to one state/i,
		(s) => see(s, { members: s.observed.members?.map(({ id }, _, [first]) => ({ ...(first as Member), id })) ?? null }),
	],
];

function asTheGroup(candidate: Candidate, { observed }: Situation, copyState: CopyState): Candidate {
	const [first] = observed.members ?? [];
	if (first === undefined) return candidate;
	const related = { ...first, ...(candidate.presence === "present" ? candidate : {}) };
	return {
		...related,
		id: candidate.id,
		presence: "present",
		syncType: "Mirror",
		direction: first.direction,
		syncMode: first.syncMode,
		copyState,
		progressStatus: "Completed",
		targetConsistent: null,
		sourceConsistent: null,
		read: true,
	};
}

/** What a person has to do with the array itself, or elsewhere: it is said, and no plan can lead on from there. */
const byHand =
	/array's own tools|set retainOnDelete|restore from another copy|see docs\/operations.md|docs\/operations.md has a table/i;

/**
 * Where each piece of advice ends: null in a plan, or at the array itself; else in words, the way into the dead end.
 * Another refusal on the way is no harm, it is another cause with its own advice, but the same one twice is a circle.
 */
export function deadEnd(
	situation: Situation,
	followed: Set<number>,
	met: Set<string>,
	way: readonly string[] = [],
): string | null {
	const answer = planTransition(situation);
	if (answer.outcome === "plan") return null;
	met.add(answer.code);
	const here = `${answer.code} ${answer.alternative}`;
	if (way.includes(here)) return [...way, here].join(" -> ");
	const pieces = advice.flatMap(([pattern, follow], index) => {
		const match = pattern.exec(answer.alternative);
		return match === null ? [] : [{ index, next: follow(situation, match) }];
	});
	if (pieces.length === 0 && !byHand.test(answer.alternative)) return [...way, here].join(" -> ");
	for (const { index, next } of pieces) {
		followed.add(index);
		const end = deadEnd(next, followed, met, [...way, here]);
		if (end !== null) return end;
	}
	return null;
}
