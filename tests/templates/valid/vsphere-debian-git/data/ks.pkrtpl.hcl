user --name=${user}
${storage}
