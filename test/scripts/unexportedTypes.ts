import { join, sep } from "node:path";
import ts from "typescript";

/**
 * Types that the declarations of an entry point name and that it does not export: nobody can write their names. Read from
 * what is shipped; what other packages declare is theirs.
 */
export function unexportedTypes(folder: string, entry: string): string[] {
	const path = join(folder, entry);
	const program = ts.createProgram([path], {
		module: ts.ModuleKind.Node16,
		moduleResolution: ts.ModuleResolutionKind.Node16,
		target: ts.ScriptTarget.ES2022,
		noLib: true,
		types: [],
	});
	const checker = program.getTypeChecker();
	const source = program.getSourceFile(path);
	const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
	if (module === undefined) throw new Error(`${path} is no module`);
	const exported = new Set(checker.getExportsOfModule(module).map(declared));
	const missing = new Set<string>();
	for (const symbol of exported) for (const declaration of ownDeclarations(symbol)) visit(declaration);
	return [...missing].sort();

	function visit(node: ts.Node): void {
		const name = nameIn(node);
		const symbol = name === undefined ? undefined : checker.getSymbolAtLocation(name);
		if (symbol !== undefined) {
			const type = declared(symbol);
			const isParameter = (type.flags & ts.SymbolFlags.TypeParameter) !== 0;
			if (!isParameter && !exported.has(type) && ownDeclarations(type).length > 0) missing.add(type.name);
		}
		ts.forEachChild(node, visit);
	}

	function declared(symbol: ts.Symbol): ts.Symbol {
		return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
	}

	function ownDeclarations({ declarations = [] }: ts.Symbol): ts.Declaration[] {
		const own = `${folder.split(sep).join("/")}/`;
		return declarations.filter((declaration) => declaration.getSourceFile().fileName.startsWith(own));
	}
}

function nameIn(node: ts.Node): ts.Node | undefined {
	if (ts.isTypeReferenceNode(node)) return node.typeName;
	if (ts.isExpressionWithTypeArguments(node)) return node.expression;
	return ts.isImportTypeNode(node) ? node.qualifier : undefined;
}
