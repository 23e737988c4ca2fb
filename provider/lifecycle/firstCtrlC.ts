import { createRequire } from "node:module";

/** By which the engine asks for an end: "abort any ongoing resource operations" (pulumi/provider.proto). */
const cancelPath = "/pulumirpc.ResourceProvider/Cancel";

/** The part of a gRPC server (@grpc/grpc-js, 1.9 to 1.14) that finds what answers a call. */
interface HandlersByPath {
	_retrieveHandler?(path: string): unknown;
}

/**
 * Calls `cancel` at the first Ctrl-C, of which the engine tells its providers by an RPC, not by a signal. The SDK's process
 * for dynamic providers answers it and tells nobody (3.248, cmd/dynamic-provider): the engine then waited for the end of a
 * copy, hours perhaps, before it could save anything. The server was made before this code was loaded, so what it asks at
 * each call is wrapped; where a later gRPC has it no more, a run goes on to its end as before.
 *
 * @param main the script of the process, whose gRPC it is: a program may have several.
 */
export function onFirstCtrlC(cancel: () => void, main: string | undefined = process.argv[1]): void {
	if (main === undefined) return;
	const server = serverOf(main);
	const find = server?._retrieveHandler;
	if (server === null || typeof find !== "function") return;
	server._retrieveHandler = function (this: HandlersByPath, path) {
		if (path === cancelPath) cancel();
		return find.call(this, path);
	};
}

function serverOf(main: string): HandlersByPath | null {
	try {
		const { Server } = createRequire(main)("@grpc/grpc-js") as {
			readonly Server: { readonly prototype: HandlersByPath };
		};
		return Server.prototype;
	} catch {
		return null;
	}
}
