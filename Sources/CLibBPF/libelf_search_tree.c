// elfutils 0.192 (Debian 13) left these two functions out of its static libelf, whose elf_begin and elf_end call them. They manage the tree in
// which elf_getdata_rawchunk keeps what it read. libbpf never calls that function, so the tree stays as elf_begin's calloc left it: empty. Weak,
// so that a libelf which has them is used.
struct search_tree;

__attribute__((weak)) void eu_search_tree_init(struct search_tree *tree) { (void)tree; }

__attribute__((weak)) void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *node)) {
    (void)tree;
    (void)free_node;
}
