import { SimulatedClock } from "../../provider/executor/clock";
import { connectSimulator, type Fault, type GroupOptions, Simulator } from "../../provider/hosts/simulator";
import { acknowledge } from "../../provider/hosts/simulator/lineage";
import { addDisk } from "../../provider/hosts/simulator/madeDisk";
import { addCopy } from "../../provider/hosts/simulator/pair";
import { profiles } from "../../provider/hosts/simulator/profiles";
import { takesWrites } from "../../provider/hosts/simulator/roles";
import { settle } from "../../provider/hosts/simulator/settle";
import { arrayOf, isCopy, nowIn, type World } from "../../provider/hosts/simulator/world";
import { WorldInMemory } from "../../provider/hosts/simulator/worldStore";
import type { Session } from "../../provider/lifecycle/session";
import { errorCodes } from "../../provider/model/errorCodes";
import type { End } from "../../provider/model/relationship";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import type { CopyNames } from "./copyJudge";
import { CopyNight, copiesIn, namesOf, type Place } from "./copyNight";
import { type Outcome, type RunKind, Stack } from "./engine";
import { holds, Judge, type Run, type Verdict } from "./judge";
import type { Consent } from "./printed";
import { hostOf, startProcess } from "./process";
import { diskOf, groupNames, nameIn, PairsProgram, type Program, programOf } from "./program";
import type { Reached } from "./reached";
import {
	type Approve,
	type CopyOfStory,
	type Cut,
	type Declaration,
	describeMove,
	type GroupOfStory,
	type Meanwhile,
	type Move,
	type Story,
} from "./story";
import { isMoving, strangerActs } from "./strangers";
import { Wire } from "./wire";

export interface Played {
	readonly verdicts: readonly Verdict[];
	/** What happened, line by line. */
	readonly transcript: readonly string[];
}

const epochMs = 1_000_000_000_000;

/** A new process takes its time to start, and what was asked for before shows by then. */
const betweenRunsMs = 2_000;
/** After a run that could save nothing: what it asked for may take effect this late, and nothing that can be read tells of it before. */
const afterKillMs = 10_000;

/** How often a person previews, gives what is asked for and runs again before calling it stuck. */
const mostAttempts = 9;

/** What ends the copy at once, and no look would have told. */
const sudden: readonly Fault["kind"][] = ["linkDown", "arrayLost"];

const quiet: Meanwhile = { writeEvery: 0 };

/** Plays a story to its end, and then a quiet one in which everything that is wished must be had. */
export async function play(story: Story, reached?: Reached): Promise<Played> {
	const night = await Night.begin(story, reached);
	for (const move of story.moves) await night.make(move);
	await night.end();
	return { verdicts: night.judge.verdicts, transcript: night.transcript };
}

class Night {
	readonly transcript: string[] = [];
	readonly judge: Judge;
	private readonly story: Story;
	private readonly clock: SimulatedClock;
	private readonly store: WorldInMemory;
	private readonly sites: Simulator;
	private program: Program;
	private current: Run | null = null;
	private stack = new Stack((urn, hasFailed) => {
		for (const pair of this.program.pairsOf(urn)) this.keep(pair, hasFailed);
	});
	private readonly printed: Consent[] = [];
	/** Consents that were printed before a run which sent something: they fit no more. */
	private spent = new Set<Consent>();
	/** What the program's author was told under each resource, since the preview of the last run began. */
	private told = new Map<string, string[]>();
	/** The same, up to the end of that run's own checks: what it tells of its calls shows no plan. */
	private shown = new Map<string, string[]>();
	/**
	 * Pairs that a stranger, or a run of ours that could save nothing, changed since a run remembered them: what is undone
	 * before that leaves no trace.
	 */
	private readonly unremembered = new Set<number>();
	/** Pairs of which a run remembers that no copy takes writes: only then can one that begins to be told from any other. */
	private readonly knownReadOnly = new Set<number>();
	/** Pairs whose copy took writes of its own and was not looked at since: taking them no more, it would tell of none. */
	private readonly unseenWrites = new Set<number>();
	/** Pairs of which the mode was declared synchronous because no lag is reported. */
	private readonly triedMode = new Set<number>();
	private declarations: readonly (Declaration | null)[] = [];
	private runs = 0;
	private wasKilled = false;
	private callsTold = 0;
	/** Null: the story has none. */
	private readonly copies: CopyNight | null;

	private constructor(story: Story, clock: SimulatedClock, store: WorldInMemory, sites: Simulator, reached?: Reached) {
		this.story = story;
		this.clock = clock;
		this.store = store;
		this.sites = sites;
		this.program = programOf(story, () => this.settled());
		const names = story.world.pairs.map(({ name }) => ({ source: name, target: `${name}-DR` }));
		this.judge = new Judge(
			names,
			() => this.settled(),
			() => clock.now(),
			(operation, copyState) => reached?.note(operation, copyState, this.happening()),
		);
		this.judge.acknowledged(store.read().lastWrite);
		this.copies = copiesIn(story).length === 0 ? null : new CopyNight(this.place());
	}

	static async begin(story: Story, reached?: Reached): Promise<Night> {
		const clock = new SimulatedClock(epochMs);
		const store = new WorldInMemory();
		const { profile, pairs, creation, group } = story.world;
		const sites = await Simulator.create(store, {
			profile,
			now: () => clock.now(),
			pairs: pairs.map(({ name, ...pair }) => ({ source: name, target: `${name}-DR`, ...pair })),
			...(group === undefined ? {} : { groups: [groupsOf(story, group)] }),
		});
		for (const array of ["east-array", "west-array"]) if (group) await sites.array(array).groups(group.behaviour);
		await sites.array("east-array").creation(creation);
		await sites.array("west-array").creation(creation);
		await sites.change((world) => {
			for (const copy of copiesIn(story)) addDiskOf(world, copy, namesOf(story, copy));
			for (const array of world.arrays) if (story.world.copying !== undefined) array.copies = story.world.copying;
		});
		// A host that nobody asked yet cannot break.
		if (story.world.layout === "oneHost") {
			await connectSimulator({ name: "both", file: store, now: () => clock.now() }).ping();
		}
		return new Night(story, clock, store, sites, reached);
	}

	private place(): Place {
		const { story, clock, store, sites, judge } = this;
		return {
			...{ story, clock, store, sites, judge },
			settled: () => this.settled(),
			note: (line) => this.note(line),
			write: (disk, count) => this.writeTo(disk, count),
			applicationWrites: (pair) => this.applicationWrites(pair, 1),
			make: (move) => this.make(move),
			mend: () => this.mend(),
			addFault: (fault) => this.addFault(fault),
		};
	}

	async make(move: Move): Promise<void> {
		this.note(describeMove(move.move === "up" ? { ...move, between: null } : move));
		switch (move.move) {
			case "up":
				return this.up(move);
			case "otherUp":
				return this.otherUp(move);
			case "refresh":
				await this.run("refresh", { ...move, program: this.declarations, given: [] });
				return;
			case "destroy":
				await this.run("destroy", { ...move, program: this.declarations, given: [] });
				return;
			case "fault":
				return this.addFault(move.fault);
			case "mend":
				return this.mend();
			case "stranger":
				return this.strangerActs(move.stranger);
			case "write":
				this.applicationWrites(move.pair, move.count, move.end);
				return;
			case "readOnly":
				return this.sites.readOnly(this.diskOf(move.pair, move.end), move.readOnly);
			case "groupSays":
				if (this.program.isThere()) await this.sites.groupSays(groupNames.source, move.copyState);
				return;
			case "shows":
				return this.showsOn(move);
			case "wait":
				this.clock.advance(move.ms);
				this.judge.look();
				return;
			default:
				await this.copies?.make(move);
				this.callsTold = this.store.read().calls.length;
		}
	}

	/** Faults are over, strangers are gone, and consent is given to whatever is asked for. */
	async end(): Promise<void> {
		if (this.judge.verdicts.length > 0) return;
		await this.mend();
		for (const pair of this.story.world.pairs.keys()) {
			for (const end of ["source", "target"] as const) await this.sites.readOnly(this.diskOf(pair, end), false);
		}
		// However slow the arrays were, what they began has ended.
		this.clock.advance(1e12);
		this.judge.look();
		await this.copies?.finishRestores();
		if (this.story.moves.some(({ move }) => move === "up" || move === "otherUp")) await this.endOfMirrors();
		await this.copies?.end();
	}

	private async endOfMirrors(): Promise<void> {
		const program = this.story.world.pairs.map((_, pair): Declaration => lastWish(this.declarations[pair] ?? null));
		this.note("the end: everything is mended, consent is given as it is asked for");
		let failed: readonly Outcome[] = [];
		let next: readonly (Declaration | null)[] = program;
		for (let attempt = 0; attempt < mostAttempts; attempt++) {
			failed = await this.upTo(next, "asPrinted", null, quiet, null);
			if (failed.length === 0 && this.everythingHolds(program)) return;
			next = await this.obey(failed, program);
		}
		for (const [pair, declared] of this.wished(program)) {
			const relationship = this.judge.relationshipOf(pair);
			const name = this.story.world.pairs[pair]?.name ?? "";
			if (holds(relationship, declared, name, this.settled())) continue;
			const error = failed.find(({ urn }) => urn === this.program.urnOf(pair, declared))?.error ?? "no error";
			this.judge.say("stuck", `${name} does not get to ${declared.state} in ${mostAttempts} runs: ${error}`);
		}
	}

	private everythingHolds(program: readonly Declaration[]): boolean {
		const world = this.settled();
		return this.wished(program).every(([pair, declared]) =>
			holds(this.judge.relationshipOf(pair), declared, this.story.world.pairs[pair]?.name ?? "", world),
		);
	}

	private wished(program: readonly Declaration[]): readonly (readonly [number, Declaration])[] {
		return program.flatMap((declared, pair) => {
			const isWished = this.program.wishedOf(this.program.urnOf(pair, declared), declared).includes(pair);
			return isWished ? [[pair, declared] as const] : [];
		});
	}

	/** What a person does whom an error tells to. Answers with what is declared next. */
	private async obey(
		failed: readonly Outcome[],
		program: readonly Declaration[],
	): Promise<readonly (Declaration | null)[]> {
		const next: (Declaration | null)[] = [...program];
		for (const { pair, urn, error } of failed.flatMap(({ urn, error }) =>
			this.program.pairsOf(urn).map((pair) => ({ pair, urn, error })),
		)) {
			if (error === null) continue;
			const source = this.judge.relationshipOf(pair)?.source;
			if (error.startsWith(errorCodes.splitBrain)) {
				this.unseenWrites.delete(pair);
				await this.mend();
			}
			if (error.startsWith(errorCodes.sourceMustBeReadOnly) && source !== undefined) {
				// Whatever let it take writes against its role, it takes none from now on.
				await this.sites.removeFaults((fault) => fault.kind === "writable" && fault.disk === source);
				await this.sites.readOnly(source, true);
			}
			// It is failed over: the target serves.
			if (
				/the (source|target) accepts writes although .* make the other read-only/.test(error) &&
				source !== undefined
			) {
				await this.sites.readOnly(source, true);
			}
			// An array that has forgotten the relationship keeps its disk from nothing; whoever is told to makes it read-only.
			const half = this.judge.relationshipOf(pair);
			if (
				/the (source|target) accepts writes while it is a copy .* make the other read-only/.test(error) &&
				half?.forgottenBy === half?.target &&
				half !== null
			) {
				await this.sites.readOnly(half.target, true);
			}
			if (error.includes("end what is left of it there") && source !== undefined) await this.sites.forget(source);
			// What took only some members of a group may leave no way on: somebody ends what is left of it.
			const isTorn = error.startsWith(errorCodes.memberUnread) || error.includes("array's own tools");
			if (this.story.world.group !== undefined && isTorn) await this.endGroups();
			if (error.startsWith(errorCodes.relationshipVanished)) this.stack.resources.delete(urn);
			if (/destroy (it|the resource)|end the relationship \(destroy/.test(error)) next[pair] = null;
			const declared = program[pair];
			const kept = /declare (?:(active|reversed) and )?keep: (source|target)/.exec(error);
			if (kept !== null && declared !== undefined) {
				const [, state, keep] = kept;
				next[pair] = {
					...declared,
					state: state === "reversed" ? "reversed" : state === "active" ? "active" : declared.state,
					keep: keep === "target" ? "target" : "source",
				};
			}
			const policy =
				/declare (active|suspended|reversed|split).* with deletePolicy: (detach|dissolve), and delete/.exec(error);
			if (policy !== null && declared !== undefined) {
				const [, state, deletePolicy] = policy;
				next[pair] = {
					...declared,
					state: state as Declaration["state"],
					deletePolicy: deletePolicy === "detach" ? "detach" : "dissolve",
				};
			}
			const isModeAdvised = /declare syncMode: synchronous first/.test(error) && !this.triedMode.has(pair);
			if (isModeAdvised && declared !== undefined) {
				next[pair] = { ...declared, state: "reversed", syncMode: "synchronous" };
				this.triedMode.add(pair);
			} else if (/make the source writable again/.test(error) && source !== undefined) {
				await this.sites.readOnly(source, false);
			}
		}
		this.clock.advance(60_000);
		return next;
	}

	/** What else is going on, for the table of what was reached. */
	private happening(): string {
		const kinds = this.store.read().faults.map(({ kind }) => kind);
		return kinds.length === 0 ? "none" : [...new Set(kinds)].sort().join("+");
	}

	private async up({ program, approve, cut, meanwhile, between }: Extract<Move, { move: "up" }>): Promise<void> {
		await this.upTo(program, approve, cut, meanwhile, between);
	}

	/** What the first stack does not know of: to it the other one is a stranger. */
	private async otherUp({ program, approve, cut, alone }: Extract<Move, { move: "otherUp" }>): Promise<void> {
		if (this.unremembered.size > 0) return;
		this.untilAllIsShown();
		const { stack, declarations: own, program: steering } = this;
		if (alone === true) this.program = new PairsProgram(this.story);
		const spent = new Set(this.spent);
		const agreed = [...this.judge.agreed];
		// What the other one sees this one has not seen.
		const unseenWrites = [...this.unseenWrites];
		const before = this.store.read().calls.length;
		this.stack = new Stack(() => {});
		this.judge.agreed.length = 0;
		await this.upTo(program, approve, cut, quiet, null);
		this.untilAllIsShown();
		this.stack = stack;
		this.program = steering;
		this.declarations = own;
		this.spent = spent;
		for (const pair of unseenWrites) this.unseenWrites.add(pair);
		this.judge.agreed.splice(0, this.judge.agreed.length, ...agreed);
		for (const { method, effect, disk } of this.store.read().calls.slice(before)) {
			if (effect && method !== "Discover") for (const pair of this.pairsOn(disk)) this.unremembered.add(pair);
		}
	}

	/** Of what a call named: a disk, or a group. */
	private pairsOn(name: string): readonly number[] {
		const { pairs } = this.story.world;
		return [...pairs.keys()].filter((pair) =>
			[this.diskOf(pair, "source"), this.diskOf(pair, "target"), groupNames.source, groupNames.target].includes(name),
		);
	}

	/** What another program sent and shows late nobody can tell of. */
	private untilAllIsShown(): void {
		while (this.settled().relationships.some(({ deferred = [] }) => deferred.length > 0))
			this.clock.advance(betweenRunsMs);
	}

	private async upTo(
		program: readonly (Declaration | null)[],
		approve: Approve,
		cut: Cut | null,
		meanwhile: Meanwhile,
		between: Move | null,
	): Promise<readonly Outcome[]> {
		const before = this.printed.length;
		this.told = new Map();
		const { writeEvery } = meanwhile;
		await this.run("preview", { program, given: [], cut: null, meanwhile: { writeEvery } });
		const [old, fresh] = [this.printed.slice(0, before), this.printed.slice(before)];
		if (between !== null) await this.make(between);
		// Who gave an old one did not consent to what is printed with the same token now.
		const given = approve === "asPrinted" ? fresh : approve === "old" ? old : [];
		this.declarations = program;
		return this.run("up", { program, given, cut, meanwhile });
	}

	/** One process of the provider. Answers with what failed. */
	private async run(
		kind: RunKind,
		options: {
			readonly program: readonly (Declaration | null)[];
			readonly given: readonly Consent[];
			readonly cut: Cut | null;
			readonly meanwhile: Meanwhile;
		},
	): Promise<readonly Outcome[]> {
		const { program, given, meanwhile } = options;
		let cut = this.mayBeCut(options.cut) ? options.cut : null;
		this.clock.advance(this.wasKilled ? afterKillMs : betweenRunsMs);
		this.judge.look();
		const run: Run = {
			number: ++this.runs,
			startedMs: this.clock.now(),
			program,
			consents: given.filter(
				(consent) =>
					!this.spent.has(consent) ||
					!this.program.pairsOf(consent.urn).some((pair) => this.isRemembered(pair, program)),
			),
			agreed: [...this.judge.agreed],
			destroys: kind === "destroy",
			over: false,
			// A host that shows an old listing until it discovers tells a wish as reached that is not.
			disturbed: this.store.read().faults.some((fault) => fault.kind === "contradict"),
			changedAfterChecks: false,
			ofPairs: this.program instanceof PairsProgram,
			calls: new Map(),
			destroyed: new Set(),
		};
		this.current = run;
		const pending: Promise<unknown>[] = [];
		let session: Session | null = null;
		let engineIsGone = false;
		let struck = false;
		const lost = kind === "preview" || kind === "up" ? this.lostHosts(program) : [];
		const wire = new Wire(({ what, number, sleep }) => {
			if (lost.some((host) => what.endsWith(` at ${host}`))) {
				this.judge.say("unexplained", `${what}: all that is declared there is declared lost`);
			}
			if (meanwhile.writeEvery > 0 && number % meanwhile.writeEvery === 0) {
				for (const pair of this.story.world.pairs.keys()) this.applicationWrites(pair, 1);
			}
			const { strangerAtSleep, faultAt, mendAt } = meanwhile;
			if (strangerAtSleep !== undefined && sleep === strangerAtSleep.at) {
				run.disturbed = true;
				this.note(`  at ${what}: stranger ${JSON.stringify(strangerAtSleep.stranger)}`);
				pending.push(this.strangerActs(strangerAtSleep.stranger));
			}
			// Between the last look and its call nobody looks, nor between a call and an effect that is late: what breaks
			// there breaks at the next await.
			const unseen =
				what === "the engine's word" ||
				what.startsWith("SetReplicationRelationship") ||
				this.store.read().relationships.some(({ deferred }) => (deferred ?? []).length > 0);
			if (
				faultAt !== undefined &&
				!struck &&
				number >= faultAt.at &&
				!(unseen && sudden.includes(faultAt.fault.kind))
			) {
				struck = true;
				run.disturbed = true;
				this.note(`  at ${what}: fault ${JSON.stringify(faultAt.fault)}`);
				pending.push(this.addFault(faultAt.fault));
			}
			if (number === mendAt) {
				// What could not be read when it was looked at was left as it is.
				run.disturbed ||= this.store.read().faults.length > 0;
				pending.push(this.mend());
			}
			// A stranger may have acted in this run.
			if (number === cut?.at && !this.mayBeCut(cut)) cut = null;
			// Of several pairs another one may have asked its last question before, and be about to send.
			const alone = this.story.world.pairs.length === 1;
			if (alone && cut !== null && cut.kind !== "killed" && number > cut.at) run.over = true;
			if (cut === null || number !== cut.at) return;
			this.note(`  at ${what}: ${cut.kind}`);
			if (cut.kind === "killed") wire.kill(cut.after);
			else if (cut.kind === "interrupted") session?.ending.abort();
			else {
				engineIsGone = true;
				this.stack.isGone = true;
			}
		});
		session = startProcess({
			wire,
			clock: this.clock,
			connect: (name) => this.judge.watching(hostOf(this.store, this.clock, name), run),
			given,
			engineIsGone: () => engineIsGone,
			hear: (urn, text) => this.hear(urn, text),
			printed: (consent) => this.printed.push(this.program.ofDisks(consent)),
		});
		const work = this.stack.run(kind, session, this.program.declared(program), async () => {
			this.shown = new Map(this.told);
			const { afterChecks } = meanwhile;
			if (afterChecks === undefined) return;
			run.changedAfterChecks = true;
			this.note(`  after the checks: stranger ${JSON.stringify(afterChecks)}`);
			await this.strangerActs(afterChecks);
			// Some arrays show late what they do.
			this.clock.advance(betweenRunsMs);
		});
		const outcomes = await Promise.race([work, wire.dead]);
		await Promise.all(pending);
		const isSaved = outcomes !== "dead" && !this.stack.isGone;
		this.wasKilled = !isSaved;
		if (isSaved) this.spend(run);
		else for (const [pair, calls] of run.calls) if (calls.some(({ effect }) => effect)) this.unremembered.add(pair);
		this.stack.isGone = false;
		this.judge.look();
		this.noteCalls();
		if (outcomes === "dead") return [];
		// What stops half way in a deletion saves nothing, the engine takes no properties from it.
		if (outcomes.some(({ method, error }) => method === "delete" && error !== null)) this.wasKilled = true;
		for (const outcome of outcomes) {
			if (outcome.error !== null) this.note(`  ${outcome.method} ${nameIn(outcome.urn)}: ${outcome.error}`);
			else if (kind !== "preview") this.note(`  ${outcome.method} ${nameIn(outcome.urn)}: done`);
			const steers = ({ urn }: Pick<Outcome, "urn">, pair: number) => this.program.pairsOf(urn).includes(pair);
			const pairs = this.program.pairsOf(outcome.urn);
			for (const pair of pairs) {
				// Under another name nothing was kept of it: whoever adopts the pair later takes the roles that he finds.
				const isKnown = [...this.stack.resources.keys()].some((urn) => steers({ urn }, pair));
				if (!isKnown) this.judge.agreed[pair] = null;
			}
			// Who asks for a consent has looked at the disks, whether the run keeps anything of that or not.
			if (kind === "up" && outcome.error?.startsWith(errorCodes.approvalMissing) === true)
				for (const pair of this.program.wishedOf(outcome.urn, null)) this.unseenWrites.delete(pair);
			if (cut?.kind === "engineGone") continue;
			const declared = kind === "up" && outcome.method !== "delete" ? (program[pairs[0] ?? 0] ?? null) : null;
			for (const pair of this.program.wishedOf(outcome.urn, declared)) {
				this.judge.hear(run, pair, outcome, declared, {
					told: this.told.get(outcome.urn) ?? [],
					shown: this.shown.get(outcome.urn) ?? [],
					isAlone: outcomes.filter((each) => steers(each, pair)).length === 1,
					isThere: this.judge.relationshipOf(pair) !== null && this.program.isThere(),
				});
			}
		}
		return outcomes.filter(({ error }) => error !== null);
	}

	/** What a run leaves of a pair. */
	private keep(pair: number, hasFailed: boolean): void {
		const hasActed = (this.current?.calls.get(pair) ?? []).some(({ effect }) => effect);
		// What is only adopted is remembered as the checks saw it.
		if (hasActed || this.current?.changedAfterChecks !== true) this.unremembered.delete(pair);
		const isOutside = this.isOutside(pair);
		if (!isOutside) this.unseenWrites.delete(pair);
		// Under a fault the run may have seen neither disk.
		if (isOutside || this.store.read().faults.length > 0) this.knownReadOnly.delete(pair);
		else this.knownReadOnly.add(pair);
		// What stopped before it had done anything keeps a doubt, and agrees to no roles. With `adopt` and
		// `repair` a call that was refused was sent in the roles that were found.
		const { onRoleChange = "stop" } = this.declarations[pair] ?? {};
		const hasAdopted = onRoleChange !== "stop" && this.current?.calls.has(pair) === true;
		if (hasActed || hasAdopted || !hasFailed) this.judge.kept(pair, this.declarations[pair] ?? null);
	}

	/** No run looks at it before it comes into the group. */
	private isOutside(pair: number): boolean {
		return this.story.world.group !== undefined && !this.program.wishedOf("", null).includes(pair);
	}

	/** A resource of that name is there, and so is what its runs remember. */
	private isRemembered(pair: number, program: readonly (Declaration | null)[]): boolean {
		const declared = program[pair];
		return declared !== null && declared !== undefined && this.stack.resources.has(this.program.urnOf(pair, declared));
	}

	/** What two runs did one after the other, of which none could save anything, undoes itself unseen. */
	private mayBeCut(cut: Cut | null): boolean {
		return cut === null || cut.kind === "interrupted" || this.unremembered.size === 0;
	}

	/** A run that was killed remembers nothing, so what it was consented to may fit once more. */
	private spend(run: Run): void {
		for (const [pair, calls] of run.calls) {
			if (!calls.some(({ effect }) => effect)) continue;
			for (const consent of this.printed) {
				if (this.program.pairsOf(consent.urn).includes(pair) && consent.printedMs <= run.startedMs)
					this.spent.add(consent);
			}
		}
	}

	private hear(urn: string, text: string): void {
		this.told.set(urn, [...(this.told.get(urn) ?? []), text]);
	}

	/** Hosts of which everything that is declared is declared lost: nobody is to ask there. */
	private lostHosts(program: readonly (Declaration | null)[]): readonly string[] {
		// What is to be deleted obeys what its last run stored.
		if (this.story.world.layout === "oneHost" || program.some((declared) => declared === null)) return [];
		const lostAt = ({ lost, swapped }: Declaration) =>
			lost === undefined ? null : (lost === "source") === (swapped !== true) ? "east" : "west";
		const urns = program.map((declared, pair) => (declared === null ? "" : this.program.urnOf(pair, declared)));
		if ([...this.stack.resources.keys()].some((urn) => !urns.includes(urn))) return [];
		return ["east", "west"].filter((host) =>
			program.every((declared) => declared !== null && lostAt(declared) === host),
		);
	}

	private diskOf(pair: number, end: End): string {
		return diskOf(this.story, pair, end);
	}

	private disksOf(pair: number): readonly string[] {
		const named = [this.diskOf(pair, "source"), this.diskOf(pair, "target")];
		const ids = this.store.read().disks.filter(({ name }) => named.includes(name));
		return ids.map(({ uniqueId }) => uniqueId);
	}

	/** A disk of it takes writes whatever its role. */
	private isWritable(pair: number): boolean {
		const disks = this.disksOf(pair);
		return this.store.read().faults.some((fault) => fault.kind === "writable" && disks.includes(fault.disk));
	}

	private async strangerActs(stranger: Parameters<typeof strangerActs>[1]): Promise<void> {
		const { group } = this.story.world;
		// Who knows of a group works on all of it.
		const members = this.program.wishedOf("", null);
		const isAlone = group === undefined || stranger.act === "alone" || stranger.act === "regroup";
		const pairs = isAlone ? [stranger.pair] : members;
		// What is no member is not remembered, whatever was done to it before it comes into the group.
		const comes = stranger.act === "regroup" && !members.includes(stranger.pair);
		if (!comes && pairs.some((pair) => this.unremembered.has(pair))) return;
		// Some providers list a link at its source only: that the other half is gone knows who saw both.
		const isKnown = pairs.every((pair) => (this.judge.agreed[pair] ?? null) !== null);
		if (stranger.act === "forget" && !isKnown) return;
		const ends = (pair: number) => [this.diskOf(pair, "source"), this.diskOf(pair, "target")];
		// Reversed as one, or not at all: torn by a pair that is under way, a group without members in any list would tell nobody.
		const isUnderWay = pairs.length > 1 && pairs.some((pair) => isMoving(this.sites.look(), ends(pair)));
		if (stranger.act === "reverse" && isUnderWay) return;
		this.judge.look();
		for (const pair of pairs) {
			this.unremembered.add(pair);
			// Before it acts: what it overwrites at once is its doing.
			this.judge.strangerActed(pair);
			await strangerActs(this.sites, stranger, ends(pair));
		}
		if (group !== undefined && stranger.act === "detach") await this.endGroups();
		this.judge.look();
	}

	private endGroups(): Promise<void> {
		return this.sites.change((world) => {
			const members = (world.groups ?? []).flatMap((group) => group.members);
			world.relationships = world.relationships.filter((each) => isCopy(each) || !members.includes(each.source));
			world.groupRelationships = [];
		});
	}

	private async addFault(fault: Fault): Promise<void> {
		const kinds = [fault, ...this.store.read().faults];
		const isLate = profiles[this.story.world.profile].lateMs > 0 || kinds.some(({ kind }) => kind === "late");
		// No look tells of what is refused and done all the same, seconds later.
		if (isLate && kinds.some((each) => each.kind === "returnCode" && each.effect)) return;
		await this.sites.addFault(fault);
		this.judge.look();
	}

	private async showsOn({ pair, host, copyState, ms }: Extract<Move, { move: "shows" }>): Promise<void> {
		const relationship = this.judge.relationshipOf(pair);
		if (relationship === null) return;
		const { source, progressStatus } = relationship;
		await this.sites.change((world, nowMs) => {
			world.faults.push({
				kind: "contradict",
				host,
				disk: source,
				source,
				copyState: copyState ?? relationship.copyState,
				progressStatus,
				untilMs: ms === null ? null : nowMs + ms,
				untilDiscover: copyState === undefined,
			});
		});
	}

	private async mend(): Promise<void> {
		const isKept = (fault: Fault) =>
			fault.kind === "writable" && [...this.unseenWrites].some((pair) => this.disksOf(pair).includes(fault.disk));
		// Told of a split brain, a person has decided that what this copy took is not wanted: Synchronized says that again.
		for (const fault of this.store.read().faults)
			if (fault.kind === "writable" && !isKept(fault)) this.judge.givenUp(fault.disk);
		await this.sites.removeFaults((fault) => !isKept(fault));
		await this.sites.change((world) => {
			for (const job of world.jobs) job.stuck = false;
			for (const { traits } of world.relationships) if (traits?.tailStands === true) traits.tailStands = false;
			for (const groups of world.groupRelationships ?? []) groups.says = null;
		});
		this.judge.look();
	}

	/** Applications write where it is served; where nothing takes writes they wait. */
	private applicationWrites(pair: number, count: number, end?: End): void {
		const world = this.settled();
		const relationship = this.judge.relationshipOf(pair);
		const first = world.disks.find(({ name }) => name === this.diskOf(pair, "source"))?.uniqueId ?? "";
		const serves =
			relationship === null
				? first
				: relationship.copyState === states.Failedover
					? relationship.target
					: relationship.source;
		const named = end === undefined ? undefined : world.disks.find(({ name }) => name === this.diskOf(pair, end));
		const serving = named?.uniqueId ?? serves;
		if (!takesWrites(world, serving)) return;
		if (serving === relationship?.target && serving !== serves && this.isWritable(pair)) {
			const isSeen = this.isOutside(pair) && relationship.copyState !== states.Synchronized;
			if (!isSeen && !this.knownReadOnly.has(pair)) return;
			this.unseenWrites.add(pair);
		}
		acknowledge(world, serving, count, nowIn(world, this.clock.now()));
		this.judge.acknowledged(world.lastWrite);
	}

	/** Somebody works on a disk of no pair, as a drill does on its copy. */
	private writeTo(name: string, count: number): void {
		const world = this.settled();
		const disk = world.disks.find((each) => each.name === name);
		if (disk === undefined || !takesWrites(world, disk.uniqueId)) return;
		acknowledge(world, disk.uniqueId, count, nowIn(world, this.clock.now()));
		this.judge.acknowledged(world.lastWrite);
	}

	private settled(): World {
		const world = this.store.read();
		settle(world, nowIn(world, this.clock.now()));
		return world;
	}

	private note(line: string): void {
		this.transcript.push(line);
	}

	private noteCalls(): void {
		const calls = this.settled().calls;
		this.copies?.mirrorsCalled(calls.slice(this.callsTold).filter(({ method }) => method !== "Discover"));
		for (const { host, method, operation, disk, returnCode, effect } of calls.slice(this.callsTold)) {
			if (method === "Discover") continue;
			const answer = returnCode === null ? "no answer" : String(returnCode);
			this.note(`  ${host} <- ${operation ?? method} of ${disk}: ${answer}${effect ? "" : ", no effect"}`);
		}
		this.callsTold = calls.length;
		for (const [pair] of this.story.world.pairs.entries()) {
			const relationship = this.judge.relationshipOf(pair);
			const told =
				relationship === null
					? "no relationship"
					: `copyState ${relationship.copyState}, progress ${relationship.progressStatus}, ${relationship.source} -> ${relationship.target}`;
			this.note(`  ${this.diskOf(pair, "source")}: ${told}`);
		}
	}
}

function groupsOf({ world }: Story, { members, consistent }: GroupOfStory): GroupOptions {
	const names = world.pairs.slice(0, members).map(({ name }) => name);
	return { source: groupNames.source, target: groupNames.target, members: names, consistent };
}

/** A disk that is there before the story begins: somebody's, with writes of their own, or of a copy that is whole. */
function addDiskOf(world: World, { disk, kind }: CopyOfStory, { source, target }: CopyNames): void {
	if (disk === "related") addCopy(world, { source, target, kind }, 0);
	if (disk !== "somebodys") return;
	const from = world.disks.find(({ name }) => name === source)?.uniqueId ?? "";
	acknowledge(world, addDisk(world, arrayOf(world, from), target), 3, 0);
}

/** A wish that can be had when everything is well, whatever was declared before. */
function lastWish(declared: Declaration | null): Declaration {
	return {
		state: "active",
		onRoleChange: "repair",
		...(declared?.swapped === true ? { swapped: true } : {}),
		...(declared?.renamed === true ? { renamed: true } : {}),
	};
}
