# Sourced by ./mvnw and ./rds-csi: sets JAVA_HOME to a JDK 25 or later, or says where it looked and ends the script.
# The default `java` of a machine is often an older one, so the usual places are searched as well.

jdk_feature() { # prints the feature number (25) of the JDK in $1, or nothing if there is no JDK
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
  local candidate feature seen="" on_path
  on_path=$(command -v javac || true)
  [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/java/* /opt/jdk* \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
    [ -d "$candidate" ] || continue
    feature=$(jdk_feature "$candidate") || continue
    [ -n "$feature" ] || continue
    if [ "$feature" -ge 25 ]; then
      export JAVA_HOME=$candidate
      return 0
    fi
    seen="$seen
    $candidate is JDK $feature"
  done
  cat >&2 <<EOF
rds-csi needs a JDK 25 or later and found none.
  Looked at: JAVA_HOME, javac on the PATH, /usr/lib/jvm, /opt, ~/.sdkman and ~/.jdks.${seen:-
    (no JDK at all)}
  What to do: install one (for example Eclipse Temurin 25, package temurin-25-jdk) or set JAVA_HOME to it.
EOF
  exit 3
}
