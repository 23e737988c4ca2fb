import type { GroupBehaviour } from "../../provider/hosts/simulator";
import { replicationCapabilitiesGetSupportedGroupFeaturesFeatures as features } from "../../provider/model/vocabulary/capabilities";
import { groupMotifs } from "./groupMotifs";
import { Lot } from "./lot";
import type {
	Declaration,
	GroupOfStory,
	Meanwhile,
	Move,
	PairOfStory,
	Story,
	StrangerAct,
	WorldOfStory,
} from "./story";

/** Of a stream of their own, as copies are: this one gives none to the seeds of the mutants that were recorded before. */
const stream = 380;
const names = ["Orders", "Ledger", "Mail"] as const;

/** The same night with its pairs in two groups, which the program declares in their place, or, mostly, the same story. */
export function drawGroups(seed: number, mirrors: Story): Story {
	const lot = new Lot(seed ^ stream);
	return lot.chance(0.15) ? asGroups(lot, mirrors) : mirrors;
}

function asGroups(lot: Lot, { seed, world, moves }: Story): Story {
	const [first] = world.pairs as readonly [PairOfStory];
	const pairs = names
		.slice(0, Math.max(world.pairs.length, lot.pick([2, 2, 2, 3])))
		.map((name, index): PairOfStory => ({ ...(world.pairs[index] ?? first), name, related: first.related }));
	const motif = lot.chance(0.5) ? lot.pick(groupMotifs) : null;
	const behaviour = { ...drawBehaviour(lot), ...motif?.behaviour };
	const group: GroupOfStory = {
		members: (motif?.leavesOneOut === true || lot.chance(0.25)) && pairs.length > 1 ? pairs.length - 1 : pairs.length,
		behaviour,
		consistent: lot.chance(0.2),
	};
	const grouped: WorldOfStory = { ...world, pairs, group };
	const showsMembers = behaviour.features?.includes(features.NoElementLevelStorageSynchronized) !== true;
	const told = new Moves(lot, pairs, showsMembers);
	const known = (motif?.moves(lot, grouped) ?? []).filter((move) => showsMembers || !isOfMembers(move));
	return { seed, world: grouped, moves: [...known, ...moves.flatMap((move) => told.of(move))] };
}

/** Half of what an array shows as one nobody can tell from the whole; and what that says is all there is. */
function isOfMembers(move: Move): boolean {
	return move.move === "groupSays" || (move.move === "fault" && move.fault.kind === "partial");
}

function drawBehaviour(lot: Lot): Partial<GroupBehaviour> {
	if (lot.chance(0.4)) return {};
	const changes = lot.pick([
		[],
		[],
		[features.AddOrRemoveToGroupRequiresSuspendedState],
		[features.AddOrRemoveToGroupRequiresFracturedState],
		[features.AddOrRemoveToGroupRequiresSplitState],
	]);
	return {
		features: [
			features.EmptyReplicationGroupsAllowed,
			...changes,
			...(lot.chance(0.15) ? [features.ConsistencyEnabledForAllGroups] : []),
			...(lot.chance(0.1) ? [features.AddSyncPairRequiresSynchronizedMirrorPair] : []),
			...(lot.chance(0.1) ? [features.NoElementLevelStorageSynchronized] : []),
		],
		jobs: (["Failover", "Failback", "ResyncReplica", "Resume"] as const).filter(() => lot.chance(0.25)),
		...(lot.chance(0.25) ? { steersElements: false } : {}),
		...(lot.chance(0.2) ? { reportsConsistency: false } : {}),
		...(lot.chance(0.25) ? { failsBackAll: true } : {}),
	};
}

/** A night's moves, told of a group. */
class Moves {
	private readonly told = new Map<Declaration, Declaration>();

	constructor(
		private readonly lot: Lot,
		private readonly pairs: readonly PairOfStory[],
		private readonly showsMembers: boolean,
	) {}

	of(move: Move): readonly Move[] {
		const { lot } = this;
		const moves = this.inGroups(move);
		if (!this.showsMembers || !lot.chance(0.12)) return moves;
		const says: Move = { move: "groupSays", copyState: lot.pick(["Failedover", "Mixed", "Synchronized", "Split"]) };
		return [...moves, lot.chance(0.6) ? { move: "fault", fault: { kind: "partial", members: 1, times: 1 } } : says];
	}

	private inGroups(move: Move): readonly Move[] {
		const { lot } = this;
		switch (move.move) {
			case "up":
				return [
					{
						...move,
						program: this.program(move.program),
						meanwhile: this.meanwhile(move.meanwhile),
						between: move.between === null ? null : (this.inGroups(move.between)[0] ?? null),
					},
				];
			case "otherUp":
				return lot.chance(0.6)
					? [{ ...move, program: this.pairs.map((_, pair) => move.program[pair] ?? null), alone: true }]
					: [{ ...move, program: this.program(move.program) }];
			case "refresh":
			case "destroy":
				return [{ ...move, meanwhile: this.meanwhile(move.meanwhile) }];
			case "stranger":
				return lot.chance(0.2)
					? [{ move: "stranger", stranger: { act: "regroup", pair: lot.upTo(this.pairs.length - 1) } }]
					: [{ ...move, stranger: asKnown(move.stranger) }];
			default:
				return [move];
		}
	}

	private program(declared: readonly (Declaration | null)[]): readonly (Declaration | null)[] {
		const [first = null] = declared;
		const told = first === null ? null : this.declaration(first);
		return this.pairs.map(() => told);
	}

	/** What is declared again is told as before. */
	private declaration(declared: Declaration): Declaration {
		const { lot } = this;
		const known = this.told.get(declared);
		if (known !== undefined) return known;
		const all = [...this.pairs.keys()];
		const left = lot.upTo(all.length - 1);
		const told: Declaration = {
			...declared,
			...(lot.chance(0.25) ? { consistency: lot.chance(0.7) } : {}),
			...(lot.chance(0.3) ? { pairs: lot.chance(0.5) ? all : all.filter((pair) => pair !== left) } : {}),
		};
		this.told.set(declared, told);
		return told;
	}

	private meanwhile(meanwhile: Meanwhile): Meanwhile {
		const { strangerAtSleep, afterChecks, ...rest } = meanwhile;
		return {
			...rest,
			...(strangerAtSleep === undefined
				? {}
				: { strangerAtSleep: { ...strangerAtSleep, stranger: asKnown(strangerAtSleep.stranger) } }),
			...(afterChecks === undefined ? {} : { afterChecks: asKnown(afterChecks) }),
		};
	}
}

/** Groups are never half forgotten, nor hidden, here: it is whole groups that somebody ends. */
function asKnown(stranger: StrangerAct): StrangerAct {
	const { act, pair } = stranger;
	return act === "forget" || act === "hide" ? { act: "detach", pair } : stranger;
}
