import type { SimulatedClock } from "../../provider/executor/clock";
import type { Host, SetRelationshipRequest } from "../../provider/executor/host";
import type { Simulator } from "../../provider/hosts/simulator";
import { breakOff } from "../../provider/hosts/simulator/halt";
import { copyOver, overwrite } from "../../provider/hosts/simulator/lineage";
import { addDisk } from "../../provider/hosts/simulator/madeDisk";
import { addCopy } from "../../provider/hosts/simulator/pair";
import { arrayOf, type World } from "../../provider/hosts/simulator/world";
import type { WorldInMemory } from "../../provider/hosts/simulator/worldStore";
import type { Bag } from "../../provider/lifecycle/arguments";
import type { Session } from "../../provider/lifecycle/session";
import { errorCodes } from "../../provider/model/errorCodes";
import {
	virtualDiskSetReplicationRelationshipOperation as operations,
	virtualDiskCreateReplicaSyncType as syncTypes,
} from "../../provider/model/vocabulary/operations";
import { synchronizedCopyState as states } from "../../provider/model/vocabulary/relationship";
import { CopyJudge, type CopyNames, type CopyRun } from "./copyJudge";
import { type Outcome, type RunKind, Stack } from "./engine";
import type { Judge } from "./judge";
import type { Consent } from "./printed";
import { hostOf, startProcess } from "./process";
import type { Approve, CopyDeclaration, CopyMove, CopyOfStory, Cut, Meanwhile, Move, Story } from "./story";
import { Wire } from "./wire";

/** What the copies share with the night that they are in. */
export interface Place {
	readonly story: Story;
	readonly clock: SimulatedClock;
	readonly store: WorldInMemory;
	readonly sites: Simulator;
	readonly judge: Judge;
	readonly settled: () => World;
	readonly note: (line: string) => void;
	/** The application writes to a disk, if that takes writes. */
	readonly write: (disk: string, count: number) => void;
	readonly applicationWrites: (pair: number) => void;
	readonly make: (move: Move) => Promise<void>;
	readonly mend: () => Promise<void>;
	readonly addFault: (fault: NonNullable<Meanwhile["faultAt"]>["fault"]) => Promise<void>;
}

const betweenRunsMs = 2_000;
/** After a run that could save nothing, as with mirrors. */
const afterKillMs = 10_000;
const mostAttempts = 9;
const quiet: Meanwhile = { writeEvery: 0 };
const timeouts = { transitionMinutes: 2, syncMinutes: 5, deleteMinutes: 2 };

export function copiesIn({ world }: Story): readonly CopyOfStory[] {
	return world.copies ?? [];
}

/** The disks of a copy; its resource is called as its disk is. */
export function namesOf({ world }: Story, { pair, end, kind }: CopyOfStory): CopyNames {
	const name = world.pairs[pair]?.name ?? "";
	const source = end === "source" ? name : `${name}-DR`;
	return { source, target: `${source}-${kind}`, kind };
}

/** The program of the copies, which has a stack of its own, and what it goes through in the night of the mirrors. */
export class CopyNight {
	private readonly place: Place;
	private readonly copies: readonly CopyOfStory[];
	private readonly names: readonly CopyNames[];
	private readonly judge: CopyJudge;
	private readonly beganMs: number;
	private current: CopyRun | null = null;
	private readonly stack = new Stack((urn, hasFailed) => {
		const copy = this.copyOf(urn);
		const declared = this.current?.program[copy] ?? null;
		if (this.current === null) return;
		if (!hasFailed || this.judge.stored[copy] == null) this.judge.stored[copy] = declared;
		this.judge.kept(this.current, copy, hasFailed ? null : declared);
	});
	private readonly printed: Consent[] = [];
	/** Consents that were printed before a run which sent something: they fit no more. */
	private readonly spent = new Set<Consent>();
	/** Copies whose disk was there first and was given back. */
	private readonly toBeMade = new Set<number>();
	private told = new Map<string, string[]>();
	private shown = new Map<string, string[]>();
	private program: readonly (CopyDeclaration | null)[];
	private runs = 0;
	private wasKilled = false;

	constructor(place: Place) {
		this.place = place;
		this.copies = copiesIn(place.story);
		this.names = this.copies.map((copy) => namesOf(place.story, copy));
		this.program = this.copies.map(() => null);
		this.beganMs = place.clock.now();
		this.judge = new CopyJudge(
			this.names,
			place.settled,
			() => place.clock.now() - this.beganMs,
			(kind, what) => place.judge.say(kind, what),
			(write) => place.judge.writtenAt(write) - this.beganMs,
			(disk) => this.startsRestore(disk),
		);
	}

	async make(move: CopyMove): Promise<void> {
		switch (move.move) {
			case "copiesUp":
				await this.upTo(move.copies, move.approve, move.cut, move.meanwhile, move.between);
				return;
			case "copiesRefresh":
				await this.run("refresh", { ...move, program: this.program, given: [] });
				return;
			case "copiesDestroy":
				await this.run("destroy", { ...move, program: this.program, given: [] });
				return;
			case "copyWrite":
				return this.place.write(this.names[move.copy]?.target ?? "", move.count);
			case "copyReadOnly":
				if (this.judge.seen(move.copy).target === undefined) return;
				return this.place.sites.readOnly(this.names[move.copy]?.target ?? "", move.readOnly);
			case "copyStranger":
				await this.strangerActs(move.copy, move.act);
				return;
			default:
				move satisfies never;
		}
	}

	/** A program of mirrors was run: these calls arrived. */
	mirrorsCalled(calls: Parameters<CopyJudge["mirrorsCalled"]>[0]): void {
		this.judge.mirrorsCalled(calls);
		this.judge.look();
	}

	/** Somebody ends what was being restored with the array's own tools, before anything else is asked for. */
	async finishRestores(): Promise<void> {
		// Before it acts: what it overwrites is its doing.
		for (const { source } of this.names) this.startsRestore(source);
		await this.place.sites.change((world) => {
			for (const copy of world.relationships) {
				if (copy.pointInTime == null || copy.sourceConsistent !== false || copy.copy !== null) continue;
				// What is a mirror's target by now has been overwritten since, and is not restored any more.
				const isFollowing = world.relationships.some(
					({ syncType, target }) => syncType === syncTypes.Mirror && target === copy.source,
				);
				if (!isFollowing) overwrite(world, copy, true);
				copy.sourceConsistent = true;
				copy.sourceFenced = false;
				copy.copyState = states.Split;
			}
			for (const array of world.arrays) {
				for (const kind of ["Snapshot", "Clone"] as const)
					array.copies = { ...array.copies, [kind]: { ...array.copies?.[kind], afterRestore: "Synchronized" } };
			}
		});
		this.judge.look();
	}

	/** Whatever was declared: an active copy, and all consent that is asked for. */
	async end(): Promise<void> {
		const program = this.copies.map((_, copy): CopyDeclaration => {
			const triggers = this.program[copy]?.triggers;
			return { state: "active", expendable: "everything", ...(triggers === undefined ? {} : { triggers }) };
		});
		let next: readonly (CopyDeclaration | null)[] = program;
		let failed: readonly Outcome[] = [];
		const hold = () =>
			program.every((_, copy) => this.judge.holds(copy, next[copy] ?? program[copy] ?? { state: "active" }));
		for (let attempt = 0; attempt < mostAttempts; attempt++) {
			failed = await this.upTo(next, "asPrinted", null, quiet, null);
			// Told that nothing says whether a clone was complete, a person looks and finds it so.
			if (hold() && failed.every(({ error }) => error?.startsWith(errorCodes.copyEndUnproven))) return;
			next = await this.obey(failed, next);
		}
		for (const [copy, declared] of program.entries()) {
			if (this.judge.holds(copy, declared)) continue;
			const error = failed.find(({ urn }) => this.copyOf(urn) === copy)?.error ?? "no error";
			this.place.judge.say(
				"stuck",
				`${this.names[copy]?.target} does not get to active in ${mostAttempts} runs: ${error}`,
			);
		}
	}

	/** What a person does whom an error tells to. */
	private async obey(
		failed: readonly Outcome[],
		program: readonly (CopyDeclaration | null)[],
	): Promise<readonly (CopyDeclaration | null)[]> {
		// What was deleted is declared again.
		const next = program.map(
			(declared): CopyDeclaration | null => declared ?? { state: "active", expendable: "everything" },
		);
		for (const { urn, error } of failed) {
			if (error === null) continue;
			const copy = this.copyOf(urn);
			const declared: CopyDeclaration = next[copy] ?? { state: "active", expendable: "everything" };
			next[copy] = declared;
			const { source, target } = this.named(copy);
			const changesTriggers = /change triggers/i.test(error);
			if (changesTriggers) next[copy] = { ...declared, triggers: (declared.triggers ?? 0) + 1 };
			if (error.includes('keep: "source"') || error.includes("declare keep: source"))
				next[copy] = { ...declared, keep: "source" };
			if (error.startsWith(errorCodes.onceUnproven) || error.includes("set triggers back")) {
				// Where no SyncTime is told, whoever has looked takes it for done.
				const { triggers: _, ...done } = declared;
				next[copy] = done;
			}
			if (error.includes("give target.storagePool")) this.toBeMade.add(copy);
			if (error.startsWith(errorCodes.namesMoved)) {
				// A snapshot's disk is made anew under its name; any other is the one that is meant now.
				const { kind, disk } = this.storied(copy);
				if (disk === "made" && kind === "Snapshot") await this.place.sites.rename(target, `${target}-other`);
				else this.forget(urn);
			}
			if (error.startsWith(errorCodes.sourceMustBeOffline)) await this.place.sites.readOnly(source, true);
			if (error.includes("delete the resource") && !changesTriggers) next[copy] = null;
			if (error.includes("delete the disk with the array's own tools")) await this.deleteDisk(target);
			// What no resource remembers is adopted with its triggers done: there is nothing to change, and nothing to delete.
			const isNobodys = changesTriggers && !this.stack.resources.has(urn);
			if (isNobodys || (error.includes("use the array's own tools") && !error.includes("keep: source"))) {
				await this.strangerActs(copy, "detach");
				this.forget(urn);
			}
		}
		this.place.clock.advance(60_000);
		return next;
	}

	private forget(urn: string): void {
		this.stack.resources.delete(urn);
		this.judge.forgotten(this.copyOf(urn));
	}

	private async deleteDisk(name: string): Promise<void> {
		await this.place.sites.change((world) => {
			world.disks = world.disks.filter((disk) => disk.name !== name);
			world.returnedDisks = (world.returnedDisks ?? 0) + 1;
		});
	}

	private async upTo(
		program: readonly (CopyDeclaration | null)[],
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
		if (between !== null) await this.place.make(between);
		const given = approve === "asPrinted" ? fresh : approve === "old" ? old : [];
		this.program = program;
		return this.run("up", { program, given, cut, meanwhile });
	}

	/** One process of the provider. Answers with what failed. */
	private async run(
		kind: RunKind,
		options: {
			readonly program: readonly (CopyDeclaration | null)[];
			readonly given: readonly Consent[];
			readonly cut: Cut | null;
			readonly meanwhile: Meanwhile;
		},
	): Promise<readonly Outcome[]> {
		const { place } = this;
		const { program, given, meanwhile, cut } = options;
		place.clock.advance(this.wasKilled ? afterKillMs : betweenRunsMs);
		this.look();
		this.judge.begins();
		const run: CopyRun = {
			number: ++this.runs,
			beganAtMs: place.clock.now() - this.beganMs,
			program,
			consents: given.filter((consent) => !this.spent.has(consent) || !this.stack.resources.has(consent.urn)),
			destroys: kind === "destroy",
			over: false,
			disturbed: place.store.read().faults.some((fault) => fault.kind === "contradict"),
			calls: new Map(),
			destroyed: new Set(),
		};
		this.current = run;
		const from = place.store.read().calls.length;
		const pending: Promise<unknown>[] = [];
		let session: Session | null = null;
		let engineIsGone = false;
		let struck = false;
		const wire = new Wire(({ what, number, sleep }) => {
			const { writeEvery, faultAt, mendAt, copyBreaksAt } = meanwhile;
			if (sleep !== null && sleep === copyBreaksAt) {
				run.disturbed = true;
				place.note("  stranger: what is copied breaks off");
				for (const copy of this.copies.keys()) pending.push(this.strangerActs(copy, "breakOff"));
			}
			if (writeEvery > 0 && number % writeEvery === 0) {
				for (const { pair } of this.copies) place.applicationWrites(pair);
				for (const { target } of this.names) place.write(target, 1);
			}
			if (faultAt !== undefined && !struck && number >= faultAt.at) {
				struck = true;
				run.disturbed = true;
				place.note(`  at ${what}: fault ${JSON.stringify(faultAt.fault)}`);
				pending.push(place.addFault(faultAt.fault));
			}
			if (number === mendAt) {
				run.disturbed ||= place.store.read().faults.length > 0;
				pending.push(place.mend());
			}
			if (this.copies.length === 1 && cut !== null && cut.kind !== "killed" && number > cut.at) run.over = true;
			if (cut === null || number !== cut.at) return;
			place.note(`  at ${what}: ${cut.kind}`);
			if (cut.kind === "killed") wire.kill(cut.after);
			else if (cut.kind === "interrupted") session?.ending.abort();
			else {
				engineIsGone = true;
				this.stack.isGone = true;
			}
		});
		session = startProcess({
			wire,
			clock: place.clock,
			connect: (name) => this.judge.watching(this.keepingDisks(hostOf(place.store, place.clock, name)), run),
			given,
			engineIsGone: () => engineIsGone,
			hear: (urn, text) => this.told.set(urn, [...(this.told.get(urn) ?? []), text]),
			printed: (consent) => this.printed.push(consent),
		});
		const work = this.stack.run(kind, session, this.declared(program), async () => {
			this.shown = new Map(this.told);
			if (meanwhile.copyRemade !== true) return;
			run.disturbed = true;
			place.note("  after the checks: stranger remakes the first copy");
			await this.strangerActs(0, "remake");
		});
		const outcomes = await Promise.race([work, wire.dead]);
		await Promise.all(pending);
		const isSaved = outcomes !== "dead" && !this.stack.isGone;
		this.wasKilled = !isSaved;
		if (isSaved) this.spend(run);
		else this.judge.nothingKept(run);
		this.stack.isGone = false;
		this.look();
		this.tell(from);
		if (outcomes === "dead") return [];
		if (outcomes.some(({ method, error }) => method === "delete" && error !== null)) this.wasKilled = true;
		for (const outcome of outcomes) {
			const { urn, method, error } = outcome;
			const copy = this.copyOf(urn);
			if (error !== null || kind !== "preview")
				place.note(`  ${method} ${this.names[copy]?.target}: ${error ?? "done"}`);
			if (cut?.kind !== "engineGone") this.judge.hear(run, copy, outcome, this.shown.get(urn) ?? []);
			const isKnown = this.stack.resources.has(urn);
			if (!isKnown) this.judge.forgotten(copy);
			// Whose record begins anew remembers no token that was used.
			if (!isKnown || (kind === "up" && method === "create"))
				for (const consent of this.spent) if (consent.urn === urn) this.spent.delete(consent);
		}
		return outcomes.filter(({ error }) => error !== null);
	}

	/** A run that was killed remembers nothing, so what it was consented to may fit once more. */
	private spend(run: CopyRun): void {
		for (const [copy, calls] of run.calls) {
			if (!calls.some(({ effect }) => effect)) continue;
			for (const consent of this.printed) if (this.copyOf(consent.urn) === copy) this.spent.add(consent);
		}
	}

	private look(): void {
		this.place.judge.look();
		this.judge.look();
	}

	/** From the mirrors' side whoever restores is a stranger. */
	private startsRestore(disk: string): void {
		for (const [pair, { source, target }] of this.place.judge.pairs.entries())
			if (source === disk || target === disk) this.place.judge.strangerActed(pair);
	}

	/** Such an array ends the relationship, answers well, and goes on listing the disk. */
	private keepingDisks(host: Host): Host {
		return {
			...host,
			setReplicationRelationship: async (request: SetRelationshipRequest) => {
				const isReturned = request.operation === operations.ReturnToResourcePool;
				const peer = this.place.store.read().disks.find(({ uniqueId }) => uniqueId === request.peerUniqueId);
				const copy = this.copies[this.names.findIndex(({ target }) => target === peer?.name)];
				if (!isReturned || copy?.keepsDisk !== true) return host.setReplicationRelationship(request);
				const sent = host.setReplicationRelationship({ ...request, operation: operations.Dissolve });
				const call = this.place.store.read().calls.at(-1);
				if (call !== undefined) call.operation = "ReturnToResourcePool";
				return sent;
			},
		};
	}

	private async strangerActs(copy: number, act: Extract<CopyMove, { move: "copyStranger" }>["act"]): Promise<void> {
		const { relationship, source, target } = this.judge.seen(copy);
		await this.place.sites.change((world, nowMs) => {
			const link = world.relationships.find(({ id }) => id === relationship?.id);
			switch (act) {
				case "breakOff":
					if (link?.copy != null) breakOff(world, link, nowMs, "the copy broke off");
					return;
				case "detach":
					// Nobody lets go of the only good image.
					if (link?.sourceConsistent !== false)
						world.relationships = world.relationships.filter((each) => each !== link);
					return;
				case "remake": {
					if (link === undefined || link.copy !== null || link.sourceConsistent === false) return;
					const { source: from, target: onto } = this.named(copy);
					world.relationships = world.relationships.filter((each) => each !== link);
					world.disks = world.disks.filter(({ uniqueId }) => uniqueId !== link.target);
					world.returnedDisks = (world.returnedDisks ?? 0) + 1;
					addCopy(world, { source: from, target: onto, kind: this.copies[copy]?.kind ?? "Snapshot" }, nowMs);
					return;
				}
				case "makeDisk": {
					if (target !== undefined || source === undefined) return;
					const made = addDisk(world, arrayOf(world, source.uniqueId), this.names[copy]?.target ?? "");
					const first = world.lastWrite + 1;
					world.lastWrite += 3;
					copyOver(world, { target: made }, [[first, first + 2]]);
					return;
				}
				default:
					act satisfies never;
			}
		});
		this.place.judge.acknowledged(this.place.store.read().lastWrite);
		this.look();
	}

	private declared(program: readonly (CopyDeclaration | null)[]): Map<string, Bag> {
		return new Map(
			program.flatMap((declaration, copy): [string, Bag][] => {
				const { kind, end, disk } = this.storied(copy);
				const { source, target } = this.named(copy);
				if (declaration === null) return [];
				const { expiresMs, ...given } = declaration;
				const { layout } = this.place.story.world;
				const host = layout === "oneHost" ? "both" : end === "source" ? "east" : "west";
				const bag = {
					...given,
					kind: kind === "Snapshot" ? "Snapshot" : "Clone",
					...(kind === "TokenizedClone" ? { offload: true } : {}),
					source: { host, virtualDisk: source },
					target: {
						virtualDisk: target,
						...(disk === "made" || this.toBeMade.has(copy) ? { storagePool: "Pool" } : {}),
					},
					...(expiresMs === undefined ? {} : { expiresAt: new Date(expiresMs).toISOString() }),
					timeouts,
					__provider: "text",
				};
				return [[this.urnOf(copy), bag]];
			}),
		);
	}

	private named(copy: number): CopyNames {
		return known(this.names[copy], copy);
	}

	private storied(copy: number): CopyOfStory {
		return known(this.copies[copy], copy);
	}

	private urnOf(copy: number): string {
		const { kind, target } = this.named(copy);
		const type = kind === "Snapshot" ? "VirtualDiskSnapshot" : "VirtualDiskClone";
		return `urn:pulumi:dev::drills::pulumi-nodejs:dynamic/storageReplication:${type}::${target}`;
	}

	private copyOf(urn: string): number {
		return this.names.findIndex(({ target }) => target === urn.split("::").at(-1));
	}

	private tell(from: number): void {
		for (const { host, method, operation, disk, peer, returnCode, effect } of this.place.store
			.read()
			.calls.slice(from)) {
			if (method === "Discover") continue;
			const answer = returnCode === null ? "no answer" : String(returnCode);
			this.place.note(
				`  ${host} <- ${operation ?? method} of ${disk} with ${peer ?? "a new disk"}: ${answer}${effect ? "" : ", no effect"}`,
			);
		}
		for (const [copy, { source, target }] of this.names.entries()) {
			const { relationship, target: disk } = this.judge.seen(copy);
			const told =
				relationship === null
					? `no copy${disk === undefined ? ", no disk" : ""}`
					: `copyState ${relationship.copyState}, progress ${relationship.progressStatus}${relationship.consistent ? ", whole" : ""}`;
			this.place.note(`  ${source} => ${target}: ${told}`);
		}
	}
}

function known<T>(found: T | undefined, copy: number): T {
	if (found === undefined) throw new Error(`the night has no copy ${copy}`);
	return found;
}
