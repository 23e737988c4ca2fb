import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PerEnd } from "../model/relationship";
import type { ResourceClass } from "./arguments";
import { identityOf } from "./outputs";

/** What is known of a pair of disks: ids as far as the hosts or the state told them, and how the program names them. */
export interface DeclaredPair {
	readonly ids: PerEnd<string | null>;
	readonly virtualDisks: PerEnd<string>;
	/** The same two disks may be in a mirror and in a copy at once. */
	readonly resourceClass?: ResourceClass | null;
}

interface Declaration {
	readonly urn: string;
	/** Digest of both UniqueIds, or of both names where the hosts did not tell the ids. */
	readonly pair: string;
}

/**
 * Which resource declares which pair of disks in this run of the engine. A delete that follows is then no wish to end
 * replication but the tail of a rename, a move or a replacement: the engine creates first and deletes afterwards, and
 * calls check for everything that the program declares before either (measured; it calls none in a destroy).
 *
 * Each provider instance is a process of its own, and giving a resource another provider creates in one and deletes in
 * the other. All of a run have the same engine, so they tell each other through a file each, named by its address, that
 * counts while its process lives. It holds digests only: names of disks may be secret.
 */
export class Declarations {
	private readonly own: Declaration[] = [];
	private readonly byUrn = new Map<string, Declaration>();
	private readonly byPair = new Map<string, string>();
	private readonly folder: string | null;

	constructor(engineAddress: string | undefined) {
		const user = process.getuid?.() ?? "user";
		this.folder =
			engineAddress === undefined
				? null
				: join(tmpdir(), `pulumi-storage-replication-${user}`, engineAddress.replace(/[^\w.-]/g, "_"));
	}

	/** Answers with the URN that declared the pair before, in this process; undefined: none but this one. */
	declare(urn: string, pair: DeclaredPair): string | undefined {
		const declaration = { urn, pair: keysOf(pair)[0] };
		this.own.push(declaration);
		this.byUrn.set(urn, declaration);
		this.publish(declaration);
		const first = this.byPair.get(declaration.pair);
		if (first === undefined) this.byPair.set(declaration.pair, urn);
		return first === urn ? undefined : first;
	}

	/** Who declares the pair in this run, whatever its name and process. */
	holderOf(pair: DeclaredPair): string | undefined {
		const keys: readonly string[] = keysOf(pair);
		return [...this.own, ...this.publishedByOthers()].find((declaration) => keys.includes(declaration.pair))?.urn;
	}

	/** Nothing is declared in this run, as in a destroy. */
	isEmpty(): boolean {
		return this.own.length === 0 && this.publishedByOthers().length === 0;
	}

	/** Another resource of this run that declares the pair which `urn` declared. */
	rivalOf(urn: string): string | undefined {
		const pair = this.byUrn.get(urn)?.pair;
		if (pair === undefined) return undefined;
		const all = [...this.own, ...this.publishedByOthers()];
		return all.find((declaration) => declaration.pair === pair && declaration.urn !== urn)?.urn;
	}

	/** Leaves nothing behind. */
	close(): void {
		if (this.folder === null) return;
		rmSync(join(this.folder, String(process.pid)), { force: true });
		// Only an empty folder goes: the others of this run still write theirs.
		try {
			if (readdirSync(this.folder).length === 0) rmSync(this.folder, { recursive: true });
		} catch {
			// It was never made, or the last of the others was faster.
		}
	}

	private publish(declaration: Declaration): void {
		if (this.folder === null) return;
		try {
			if (this.own.length === 1) mkdirSync(this.folder, { recursive: true, mode: 0o700 });
			appendFileSync(join(this.folder, String(process.pid)), `${JSON.stringify(declaration)}\n`, { mode: 0o600 });
		} catch {
			// Without a temporary directory only the resources of the same provider know of each other.
		}
	}

	private publishedByOthers(): Declaration[] {
		if (this.folder === null) return [];
		const { folder } = this;
		try {
			return readdirSync(folder)
				.filter((name) => name !== String(process.pid) && isAlive(Number(name)))
				.flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1))
				.map((line) => JSON.parse(line) as Declaration);
		} catch {
			return [];
		}
	}
}

/** Whether two declarations are of one relationship, as far as is known of each. */
export function isSamePair(one: DeclaredPair, other: DeclaredPair): boolean {
	const [keys, others] = [keysOf(one), keysOf(other)];
	return keys.includes(others[0]) || others.includes(keys[0]);
}

/** By ids if both are known; by names for what a host that was silent then could not tell. */
function keysOf(pair: DeclaredPair): [string, ...string[]] {
	const { ids, resourceClass = null } = pair;
	const names = digest("names", identityOf(pair.virtualDisks, resourceClass));
	return ids.source === null || ids.target === null ? [names] : [digest("ids", identityOf(ids, resourceClass)), names];
}

function digest(kind: string, text: string): string {
	return createHash("sha256").update(`${kind} ${text}`).digest("hex");
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
