// SPDX-License-Identifier: Apache-2.0

/**
 * Checks that the Java sources are in google-java-format, or with {@code --fix} puts them there.
 *
 * <p>The formatter uses the compiler's parser, so that it reads the language of the JDK it runs on.
 * Maven may run on an older one; the build therefore starts this file on the JDK it compiles with.
 */
void main(String[] arguments) throws IOException {
  boolean fix = arguments[0].equals("--fix");
  List<String> command = new ArrayList<>();
  command.addAll(fix ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
  for (String folder : List.of(arguments).subList(1, arguments.length)) {
    command.addAll(javaFiles(Path.of(folder)));
  }
  ToolProvider formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
  if (formatter.run(System.out, System.err, command.toArray(String[]::new)) != 0) {
    System.err.println("The files named above are not in google-java-format.");
    System.err.println("To format them run: mvn -N -Pformat validate");
    System.exit(1);
  }
}

List<String> javaFiles(Path folder) throws IOException {
  try (Stream<Path> paths = Files.walk(folder)) {
    String built = File.separator + "target" + File.separator;
    return paths
        .map(Path::toString)
        .filter(path -> path.endsWith(".java") && !path.contains(built))
        .sorted()
        .toList();
  }
}
